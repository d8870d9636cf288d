#pragma once
#include <QObject>
#include <QPointer>

#include "studio/studio.h"

class QWidget;

namespace lorikeet {

class GeneratePanel;
class MessageBar;
class StylesDialog;

/// Connects the form's prompts with what the studio knows: embeddings, wildcards and styles.
class PromptController : public QObject {
  Q_OBJECT
 public:
  PromptController(Studio& studio, GeneratePanel& form, MessageBar& messages, QWidget* window);

 private:
  void addStyles();
  void applyStyle(int row);
  void keepStyle();
  StylesDialog& editStyles();
  void importStyles();
  void exportStyles();

  Studio& studio_;
  GeneratePanel& form_;
  MessageBar& messages_;
  QWidget* window_;
  QPointer<StylesDialog> dialog_;
};

}  // namespace lorikeet
