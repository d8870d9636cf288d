#include "canvas/brush_outline.h"

#include <QPainter>

namespace lorikeet {

void BrushOutline::set(std::optional<QPointF> at, double diameter) {
  at_ = at;
  diameter_ = diameter;
}

QRect BrushOutline::area() const {
  if (!isVisible()) return {};
  const double reach = diameter_ / 2 + 3;
  return QRectF(at_->x() - reach, at_->y() - reach, 2 * reach, 2 * reach).toAlignedRect();
}

void BrushOutline::paint(QPainter& painter) const {
  if (!isVisible()) return;
  const double radius = diameter_ / 2;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 170), 2.4));
  painter.drawEllipse(*at_, radius, radius);
  painter.setPen(QPen(QColor(255, 255, 255, 230), 1.1));
  painter.drawEllipse(*at_, radius, radius);
  if (diameter_ < 4 * kSmallestDiameter) return;
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(0, 0, 0, 170));
  painter.drawEllipse(*at_, 1.8, 1.8);
  painter.setBrush(Qt::white);
  painter.drawEllipse(*at_, 1, 1);
}

}  // namespace lorikeet
