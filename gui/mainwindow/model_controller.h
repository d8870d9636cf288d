#pragma once
#include <QObject>

#include "studio/studio.h"
#include "widgets/action_table.h"

class QWidget;

namespace lorikeet {

class GeneratePanel;
class MessageBar;

/// The model that pictures are made with: opens the chosen one in the worker, tells the form about it, and asks for
/// files and folders.
class ModelController : public QObject {
  Q_OBJECT
 public:
  struct Parts {
    GeneratePanel* form;
    MessageBar* messages;
  };

  /// `window` is the parent of the dialogs; all must outlive the controller.
  ModelController(Studio& studio, ActionTable& actions, Parts parts, QWidget* window);

 private:
  void use(const ModelEntry& model);
  void chooseFile();
  void chooseFolder();

  Studio& studio_;
  Parts parts_;
  QWidget* window_;
};

}  // namespace lorikeet
