#include "control/map_drawing.h"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>

namespace lorikeet {

MapDrawing::MapDrawing(const QImage& source, const QImage& map, QSize size, QWidget* parent)
    : QWidget(parent), source_(source) {
  setMouseTracking(true);
  setCursor(Qt::CrossCursor);
  QImage ground(size, QImage::Format_RGB32);
  ground.fill(Qt::black);
  document_.openPicture(ground);
  if (!map.isNull()) {
    const QImage sized = map.size() == size ? map : map.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    document_.setMask(sized.convertToFormat(QImage::Format_Grayscale8), tr("detected map"));
  }
  document_.undoStack()->clear();  // what it begins with is no step
  connect(&document_, &CanvasDocument::maskChanged, this, qOverload<>(&QWidget::update));
}

QImage MapDrawing::map() const { return document_.mask().convertToFormat(QImage::Format_RGB32); }

void MapDrawing::setPenWidth(double pixels) {
  pixels = std::clamp(pixels, 1.0, kMaxPen);
  if (pixels == penWidth_) return;
  penWidth_ = pixels;
  update();
  emit penWidthChanged(pixels);
}

void MapDrawing::setSourceOpacity(double opacity) {
  sourceOpacity_ = opacity;
  update();
}

QRectF MapDrawing::place() const {
  QRectF rect(QPointF(), QSizeF(document_.size()).scaled(size() - QSize(16, 16), Qt::KeepAspectRatio));
  rect.moveCenter(QRectF(this->rect()).center());
  return rect;
}

QPointF MapDrawing::toPixel(QPointF widget) const {
  const QRectF rect = place();
  return (widget - rect.topLeft()) * document_.size().width() / rect.width();
}

QPointF MapDrawing::toWidget(QPointF pixel) const {
  const QRectF rect = place();
  return pixel * rect.width() / document_.size().width() + rect.topLeft();
}

void MapDrawing::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  const QRectF rect = place();
  painter.fillRect(rect, Qt::black);
  if (!source_.isNull()) {
    painter.setOpacity(sourceOpacity_);
    painter.drawImage(rect, source_);
    painter.setOpacity(1);
  }
  QImage lines = document_.mask();
  lines.reinterpretAsFormat(QImage::Format_Alpha8);
  QImage white(lines.size(), QImage::Format_ARGB32_Premultiplied);
  white.fill(Qt::white);
  QPainter cut(&white);
  cut.setCompositionMode(QPainter::CompositionMode_DestinationIn);
  cut.drawImage(0, 0, lines);
  cut.end();
  painter.drawImage(rect, white);
  if (pointer_) {
    const double radius = penWidth_ / 2 * rect.width() / document_.size().width();
    painter.setPen(QPen(Qt::black, 3));
    painter.drawEllipse(*pointer_, radius, radius);
    painter.setPen(QPen(Qt::white, 1));
    painter.drawEllipse(*pointer_, radius, radius);
  }
}

void MapDrawing::mousePressEvent(QMouseEvent* event) {
  const bool right = event->button() == Qt::RightButton;
  if (document_.isStroking() || (!right && event->button() != Qt::LeftButton)) return;
  Brush pen;
  pen.diameter = penWidth_;
  pen.hardness = 1;
  pen.pressureSize = false;
  pen.erases = erasing_ != (right || event->modifiers().testFlag(Qt::ControlModifier));
  const QPointF at = toPixel(event->position());
  const bool straight = event->modifiers().testFlag(Qt::ShiftModifier) && lastEnd_;
  document_.beginStroke(pen, straight ? *lastEnd_ : at, 1);
  if (straight) document_.strokeTo(at, 1);
  lastEnd_ = at;
}

void MapDrawing::mouseMoveEvent(QMouseEvent* event) {
  pointer_ = event->position();
  if (document_.isStroking()) {
    lastEnd_ = toPixel(event->position());
    document_.strokeTo(*lastEnd_, 1);
  }
  update();
}

void MapDrawing::mouseReleaseEvent(QMouseEvent* event) {
  if (!(event->buttons() & (Qt::LeftButton | Qt::RightButton))) document_.endStroke();
}

void MapDrawing::leaveEvent(QEvent*) {
  pointer_.reset();
  update();
}

void MapDrawing::wheelEvent(QWheelEvent* event) {
  const int delta = event->angleDelta().y();
  if (delta != 0) setPenWidth(penWidth_ + (delta > 0 ? 1 : -1));
  event->accept();
}

}  // namespace lorikeet
