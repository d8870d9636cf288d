#include "widgets/action_button.h"

#include <QAction>

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

}  // namespace lorikeet
