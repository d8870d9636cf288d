#pragma once
#include <lorikeet/prompt.h>

#include <QToolButton>

class QActionGroup;

namespace lorikeet {

/// A menu of how prompts are read: what weights do, whether {a|b} and __name__ are choices.
class PromptOptionsButton : public QToolButton {
  Q_OBJECT
 public:
  explicit PromptOptionsButton(QWidget* parent = nullptr);

  EmphasisMode emphasis() const;
  void setEmphasis(EmphasisMode mode);
  bool choices() const;
  void setChoices(bool on);

 signals:
  void changed();

 private:
  QActionGroup* modes_;
  QAction* choices_;
};

}  // namespace lorikeet
