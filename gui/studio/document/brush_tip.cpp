#include "studio/document/brush_tip.h"

#include <QRectF>
#include <algorithm>
#include <cmath>

namespace lorikeet {

BrushTip::BrushTip(double radius, double hardness, double strength) {
  const double soft = radius * (1 - std::clamp(hardness, 0.0, 1.0));
  const double width = std::max(soft, 1.0);
  reach_ = radius + (width - soft) / 2;
  scale_ = static_cast<float>(kEntries / (reach_ * reach_));
  for (int i = 0; i < kEntries; ++i) {
    const double distance = std::sqrt(i / scale_);
    const double t = std::clamp((reach_ - distance) / width, 0.0, 1.0);
    const double share = soft > 1 ? t * t * (3 - 2 * t) : t;
    table_[i] = static_cast<uint8_t>(std::clamp(strength, 0.0, 255.0) * share + 0.5);
  }
  table_[kEntries] = 0;
}

void BrushTip::look(const float (&squaredDistances)[kRun], uint8_t (&strengths)[kRun]) const {
  int entries[kRun];
  for (int i = 0; i < kRun; ++i)
    entries[i] = static_cast<int>(std::min(squaredDistances[i] * scale_, static_cast<float>(kEntries)));
  for (int i = 0; i < kRun; ++i) strengths[i] = table_[entries[i]];
}

BrushSweep::BrushSweep(const BrushTip& tip, QPointF from, QPointF to)
    : tip_(tip), from_(from), to_(to), length_(std::hypot(to.x() - from.x(), to.y() - from.y())) {
  if (length_ > 0) direction_ = (to - from) / length_;
}

QRect BrushSweep::bounds() const {
  const double reach = tip_.reach();
  const QPointF low(std::min(from_.x(), to_.x()) - reach, std::min(from_.y(), to_.y()) - reach);
  const QPointF high(std::max(from_.x(), to_.x()) + reach, std::max(from_.y(), to_.y()) + reach);
  return QRectF(low, high).toAlignedRect();
}

bool BrushSweep::mayTouch(const QRect& rect) const {
  const QPointF relative = QRectF(rect).center() - from_;
  const double along = std::clamp(QPointF::dotProduct(relative, direction_), 0.0, length_);
  const QPointF nearest = relative - along * direction_;
  const double reach = tip_.reach() + std::hypot(rect.width(), rect.height()) / 2;
  return QPointF::dotProduct(nearest, nearest) <= reach * reach;
}

void BrushSweep::coverRun(int left, int y, uint8_t (&strengths)[BrushTip::kRun]) const {
  const float x0 = static_cast<float>(left + 0.5 - from_.x());
  const float y0 = static_cast<float>(y + 0.5 - from_.y());
  const float dirX = static_cast<float>(direction_.x());
  const float dirY = static_cast<float>(direction_.y());
  const float length = static_cast<float>(length_);
  float distances[BrushTip::kRun];
  for (int i = 0; i < BrushTip::kRun; ++i) {
    const float x = x0 + static_cast<float>(i);
    const float along = std::min(std::max(x * dirX + y0 * dirY, 0.0F), length);
    const float offX = x - along * dirX;
    const float offY = y0 - along * dirY;
    distances[i] = offX * offX + offY * offY;
  }
  tip_.look(distances, strengths);
}

}  // namespace lorikeet
