#include "widgets/action_button.h"

#include <QAction>
#include <QToolButton>

namespace lorikeet {

ActionButton::ActionButton(QAction* action, const QIcon& icon, QWidget* parent) : QPushButton(parent) {
  setObjectName(action->objectName() + QStringLiteral("Button"));
  setIcon(icon.isNull() ? action->icon() : icon);
  setFocusPolicy(Qt::TabFocus);
  follow(action);
  connect(action, &QAction::changed, this, [this, action] { follow(action); });
  connect(this, &QPushButton::clicked, action, &QAction::trigger);
}

void ActionButton::follow(const QAction* action) {
  setText(QLatin1Char(' ') + action->iconText());  // a little room after the icon
  setToolTip(action->toolTip());
  setEnabled(action->isEnabled());
}

QToolButton* makePanelButton(QAction* action, QWidget* parent) {
  auto* button = new QToolButton(parent);
  button->setObjectName(action->objectName() + QStringLiteral("Button"));
  button->setDefaultAction(action);
  button->setIconSize({16, 16});
  button->setFocusPolicy(Qt::TabFocus);
  return button;
}

}  // namespace lorikeet
