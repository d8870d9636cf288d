#include "canvas/shape_tool.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "canvas/view_transform.h"
#include "studio/document/canvas_document.h"

namespace lorikeet {

void ShapeTool::press(const ToolEvent& event) {
  subtracts_ = event.reverses;
  corner_ = event.at;
  outline_ = QPolygonF{event.at};
}

void ShapeTool::move(const ToolEvent& event) {
  if (outline_.isEmpty()) return;
  if (shape_ == Shape::Rectangle) {
    outline_ = rectangleTo(event);
  } else if (outline_.back() != event.at) {
    outline_ << event.at;
  }
}

QPolygonF ShapeTool::rectangleTo(const ToolEvent& event) const {
  const auto toPixel = [](QPointF point) { return QPointF(std::round(point.x()), std::round(point.y())); };
  const QPointF from = toPixel(corner_);
  QPointF span = toPixel(event.at) - from;
  if (event.constrains) {
    const double side = std::max(std::abs(span.x()), std::abs(span.y()));
    span = QPointF(std::copysign(side, span.x()), std::copysign(side, span.y()));
  }
  return QPolygonF(QRectF(from, from + span));
}

void ShapeTool::release(const ToolEvent& event) {
  move(event);
  const QPolygonF outline = std::exchange(outline_, {});
  document_.select(selectPolygon(outline, document_.size()), subtracts_ ? SelectionMode::Subtract : SelectionMode::Add,
                   options_.opacity,
                   shape_ == Shape::Rectangle ? CanvasDocument::tr("rectangle") : CanvasDocument::tr("lasso"));
}

void ShapeTool::paint(QPainter& painter, const ViewTransform& view) const {
  if (outline_.size() < 2) return;
  const QPolygonF shown = view.pictureToWidget().map(outline_);
  QColor inside = options_.maskColor;
  inside.setAlphaF(subtracts_ ? 0.0 : 0.25);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(Qt::black, 1.2));
  painter.setBrush(inside);
  painter.drawPolygon(shown);
  QPen dashes(Qt::white, 1.2);
  dashes.setDashPattern({4, 4});
  painter.setPen(dashes);
  painter.setBrush(Qt::NoBrush);
  painter.drawPolygon(shown);
}

}  // namespace lorikeet
