#pragma once
#include <QList>

#include "widgets/action_table.h"

class QDockWidget;
class QMenuBar;

namespace lorikeet {

/// Fills the menu bar: which command stands in which menu. The docks are listed under View.
void buildMenus(QMenuBar& bar, const ActionTable& actions, const QList<QDockWidget*>& docks);

}  // namespace lorikeet
