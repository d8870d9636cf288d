#pragma once
#include <QCoreApplication>
#include <QImage>
#include <QMouseEvent>
#include <QWidget>

namespace lorikeet::test {

inline QImage plainPicture(QSize size, QColor color) {
  QImage picture(size, QImage::Format_RGB32);
  picture.fill(color);
  return picture;
}

/// Sends a mouse event at a place of the widget that may lie between two pixels, as tablets report them.
inline void sendMouse(QWidget& widget, QEvent::Type type, QPointF at, Qt::MouseButton button, Qt::MouseButtons buttons,
                      Qt::KeyboardModifiers modifiers = {}) {
  QMouseEvent event(type, at, widget.mapToGlobal(at), button, buttons, modifiers);
  QCoreApplication::sendEvent(&widget, &event);
}

}  // namespace lorikeet::test
