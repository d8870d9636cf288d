#include "canvas/brush_outline.h"

#include <QPainter>
#include <cmath>

namespace lorikeet {
namespace {

constexpr double kOutlineMargin = 3;          // logical pixels around the circle
constexpr double kLargestKeptOutline = 1500;  // device pixels

}  // namespace

void BrushOutline::set(std::optional<QPointF> at, double diameter) {
  at_ = at;
  diameter_ = diameter;
}

QRect BrushOutline::area() const {
  if (!isVisible()) return {};
  const double reach = diameter_ / 2 + kOutlineMargin;
  return QRectF(at_->x() - reach, at_->y() - reach, 2 * reach, 2 * reach).toAlignedRect();
}

void BrushOutline::paint(QPainter& painter) const {
  if (!isVisible()) return;
  const double ratio = painter.device()->devicePixelRatioF();
  if (diameter_ * ratio > kLargestKeptOutline) return draw(painter, *at_);  // most of it is outside the view
  const int side = 2 * static_cast<int>(std::ceil((diameter_ / 2 + kOutlineMargin) * ratio));
  if (kept_.isNull() || keptDiameter_ != diameter_ || kept_.devicePixelRatio() != ratio) {
    kept_ = QImage(side, side, QImage::Format_ARGB32_Premultiplied);
    kept_.setDevicePixelRatio(ratio);
    kept_.fill(Qt::transparent);
    QPainter on(&kept_);
    draw(on, QPointF(side, side) / (2 * ratio));
    keptDiameter_ = diameter_;
  }
  painter.drawImage(QPointF((*at_ * ratio).toPoint() - QPoint(side, side) / 2) / ratio, kept_);
}

void BrushOutline::draw(QPainter& painter, QPointF at) const {
  const double radius = diameter_ / 2;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 170), 2.4));
  painter.drawEllipse(at, radius, radius);
  painter.setPen(QPen(QColor(255, 255, 255, 230), 1.1));
  painter.drawEllipse(at, radius, radius);
  if (diameter_ < 4 * kSmallestDiameter) return;
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(0, 0, 0, 170));
  painter.drawEllipse(at, 1.8, 1.8);
  painter.setBrush(Qt::white);
  painter.drawEllipse(at, 1, 1);
}

}  // namespace lorikeet
