#pragma once
#include <QFrame>

class QDockWidget;

namespace lorikeet {

/// A quiet title bar for docks: the name and a button that closes it. Dragging it moves the dock.
class DockTitle : public QFrame {
  Q_OBJECT
 public:
  explicit DockTitle(QDockWidget* dock);
};

}  // namespace lorikeet
