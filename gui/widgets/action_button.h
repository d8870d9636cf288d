#pragma once
#include <QPushButton>

class QAction;
class QToolButton;

namespace lorikeet {

/// A push button for an action: takes its text, tooltip and state, and triggers it.
class ActionButton : public QPushButton {
  Q_OBJECT
 public:
  /// `icon` replaces the action's own where it is not null.
  explicit ActionButton(QAction* action, const QIcon& icon = {}, QWidget* parent = nullptr);

 private:
  void follow(const QAction* action);
};

/// The small button with an icon alone that panels have in their bars, for an action.
QToolButton* makePanelButton(QAction* action, QWidget* parent);

}  // namespace lorikeet
