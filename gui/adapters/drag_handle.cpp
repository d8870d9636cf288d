#include "adapters/drag_handle.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>

#include "widgets/icons.h"

namespace lorikeet {

DragHandle::DragHandle(QWidget* parent) : QWidget(parent) {
  setFixedSize(kSide, kSide);
  setCursor(Qt::OpenHandCursor);
}

void DragHandle::mousePressEvent(QMouseEvent* event) { pressedAt_ = event->pos(); }

void DragHandle::mouseMoveEvent(QMouseEvent* event) {
  const int distance = (event->pos() - pressedAt_).manhattanLength();
  if (event->buttons() & Qt::LeftButton && distance >= QApplication::startDragDistance()) emit dragged();
}

void DragHandle::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  lineIcon(QStringLiteral("grip-vertical")).paint(&painter, rect());
}

}  // namespace lorikeet
