#include "studio/document/brush_tip.h"

#include <QRectF>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

double fallOffOf(double radius, double hardness) {
  return std::max(1 - std::clamp(hardness, 0.0, 1.0), 1 / std::max(radius, 0.5));
}

/// value * scale / 255, rounded, in 16 bits so that the compiler can work on several at a time.
uint8_t scaled(uint16_t value, uint16_t scale) {
  const auto product = static_cast<uint16_t>(value * scale + 128);
  return static_cast<uint8_t>(static_cast<uint16_t>(product + (product >> 8)) >> 8);
}

/// 0 below what can be seen, so that nothing is divided by it.
double wayBetween(QPointF from, QPointF to) {
  const double length = std::hypot(to.x() - from.x(), to.y() - from.y());
  return length < 1e-3 ? 0 : length;
}

}  // namespace

BrushTip::BrushTip(double radius, double hardness) : hardness_(hardness), fallOff_(fallOffOf(radius, hardness)) {
  const double soft = 1 - std::clamp(hardness, 0.0, 1.0);
  reach_ = 1 + (fallOff_ - soft) / 2;
  scale_ = static_cast<float>(kEntries / (reach_ * reach_));
  for (int i = 0; i < kEntries; ++i) {
    const double distance = std::sqrt(i / scale_);
    const double t = std::clamp((reach_ - distance) / fallOff_, 0.0, 1.0);
    table_[i] = static_cast<uint8_t>(255 * (soft >= fallOff_ ? t * t * (3 - 2 * t) : t) + 0.5);
  }
  table_[kEntries] = 0;
}

bool BrushTip::serves(double radius, double hardness) const {
  return hardness == hardness_ && fallOffOf(radius, hardness) == fallOff_;
}

void BrushTip::look(const float (&squaredShares)[kRun], uint8_t (&strengths)[kRun]) const {
  int entries[kRun];
  for (int i = 0; i < kRun; ++i)
    entries[i] = static_cast<int>(std::min(squaredShares[i] * scale_, static_cast<float>(kEntries)));
  for (int i = 0; i < kRun; ++i) strengths[i] = table_[entries[i]];
}

BrushSweep::BrushSweep(const BrushTip& tip, const BrushTouch& from, const BrushTouch& to, bool fromIsPainted)
    : tip_(tip),
      from_(from),
      to_(to),
      length_(wayBetween(from.at, to.at)),
      farthest_(tip.reach() * std::max(from.radius, to.radius)),
      changes_(from.radius != to.radius || from.strength != to.strength),
      onlyAhead_(fromIsPainted && !changes_) {
  if (length_ > 0) {
    direction_ = (to.at - from.at) / length_;
  } else if (changes_) {  // pressed harder in one place: a dab of the new strength
    from_ = to_;
    changes_ = false;
  }
}

QRect BrushSweep::bounds() const {
  if (onlyAhead_ && length_ == 0) return {};
  const QPointF low(std::min(from_.at.x(), to_.at.x()) - farthest_, std::min(from_.at.y(), to_.at.y()) - farthest_);
  const QPointF high(std::max(from_.at.x(), to_.at.x()) + farthest_, std::max(from_.at.y(), to_.at.y()) + farthest_);
  return QRectF(low, high).toAlignedRect();
}

bool BrushSweep::mayTouch(const QRect& rect) const {
  const QPointF relative = QRectF(rect).center() - from_.at;
  const double along = QPointF::dotProduct(relative, direction_);
  const double half = std::hypot(rect.width(), rect.height()) / 2;
  if (onlyAhead_ && along + half <= 0) return false;
  const QPointF nearest = relative - std::clamp(along, 0.0, length_) * direction_;
  const double reach = farthest_ + half;
  return QPointF::dotProduct(nearest, nearest) <= reach * reach;
}

bool BrushSweep::mayTouchRun(int left, int y) const {
  constexpr double kHalf = BrushTip::kRun / 2.0 + 1;
  const QPointF relative = QPointF(left + BrushTip::kRun / 2.0, y + 0.5) - from_.at;
  const double along = QPointF::dotProduct(relative, direction_);
  if (onlyAhead_ && along + kHalf * std::abs(direction_.x()) + 1 <= 0) return false;
  const QPointF nearest = relative - std::clamp(along, 0.0, length_) * direction_;
  const double reach = farthest_ + kHalf;
  return QPointF::dotProduct(nearest, nearest) <= reach * reach;
}

bool BrushSweep::coverRun(int left, int y, uint8_t (&strengths)[BrushTip::kRun]) const {
  if (!mayTouchRun(left, y)) return false;
  const Run run{static_cast<float>(left + 0.5 - from_.at.x()), static_cast<float>(y + 0.5 - from_.at.y())};
  float shares[BrushTip::kRun];
  if (!changes_) {
    measureSteady(run, shares);
    tip_.look(shares, strengths);
    const auto scale = static_cast<uint16_t>(to_.strength + 0.5);
    if (scale < 255)
      for (uint8_t& strength : strengths) strength = scaled(strength, scale);
  } else {
    uint8_t scales[BrushTip::kRun];
    measureChanging(run, shares, scales);
    tip_.look(shares, strengths);
    for (int i = 0; i < BrushTip::kRun; ++i) strengths[i] = scaled(strengths[i], scales[i]);
  }
  return true;
}

void BrushSweep::measureSteady(const Run& run, float (&squaredShares)[BrushTip::kRun]) const {
  const auto dirX = static_cast<float>(direction_.x());
  const auto dirY = static_cast<float>(direction_.y());
  const auto length = static_cast<float>(length_);
  const auto perRadius = static_cast<float>(1 / (to_.radius * to_.radius));
  for (int i = 0; i < BrushTip::kRun; ++i) {
    const float x = run.x + static_cast<float>(i);
    const float along = std::min(std::max(x * dirX + run.y * dirY, 0.0F), length);
    const float offX = x - along * dirX;
    const float offY = run.y - along * dirY;
    squaredShares[i] = (offX * offX + offY * offY) * perRadius;
  }
}

/// The touch that covers a pixel most is the one whose distance is the smallest share of its radius r = r0 + k s. At
/// the projection X of the pixel the radius is R; with p the distance from the line, the least of
/// ((X - s)^2 + p^2) / (r0 + k s)^2 is at s = X + k p^2 / R, and at an end of the way where that lies outside.
void BrushSweep::measureChanging(const Run& run, float (&squaredShares)[BrushTip::kRun],
                                 uint8_t (&scales)[BrushTip::kRun]) const {
  const auto dirX = static_cast<float>(direction_.x());
  const auto dirY = static_cast<float>(direction_.y());
  const auto length = static_cast<float>(length_);
  const auto radius = static_cast<float>(from_.radius);
  const auto growth = static_cast<float>((to_.radius - from_.radius) / length_);
  const auto strength = static_cast<float>(from_.strength + 0.5);
  const auto strengthening = static_cast<float>((to_.strength - from_.strength) / length_);
  constexpr float kTiny = 1e-3F;
  for (int i = 0; i < BrushTip::kRun; ++i) {
    const float x = run.x + static_cast<float>(i);
    const float projection = x * dirX + run.y * dirY;
    const float across = x * dirY - run.y * dirX;
    const float squaredAcross = across * across + kTiny;
    const float there = std::max(radius + growth * projection, kTiny);
    const float at = std::min(std::max(projection + growth * squaredAcross / there, 0.0F), length);
    const float reached = radius + growth * at;
    const float rest = projection - at;
    squaredShares[i] = (rest * rest + squaredAcross) / (reached * reached);
    scales[i] = static_cast<uint8_t>(static_cast<int>(strength + strengthening * at));
  }
}

}  // namespace lorikeet
