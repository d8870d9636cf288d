#include "studio/document/mask_stroke.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace lorikeet {
namespace {

constexpr int kSide = MaskImage::kTileSide;

uint8_t mixed(int from, int to, int coverage) {
  return static_cast<uint8_t>((from * (255 - coverage) + to * coverage + 127) / 255);
}

}  // namespace

/// The area between two touches: a capsule whose radius and strength run from one end to the other.
class MaskStroke::Segment {
 public:
  Segment(const Touch& from, const Touch& to, double hardness)
      : from_(from), to_(to), softPart_(1 - hardness), along_(to.at - from.at) {
    lengthSquared_ = along_.x() * along_.x() + along_.y() * along_.y();
    maxRadius_ = std::max(from.radius, to.radius) + 1;
  }

  QRect bounds() const {
    const QRectF ends = QRectF(from_.at, to_.at).normalized();
    return ends.adjusted(-maxRadius_, -maxRadius_, maxRadius_, maxRadius_).toAlignedRect();
  }

  bool mayTouch(const QRect& rect) const {
    const QPointF centre = QRectF(rect).center();
    const double reach = maxRadius_ + std::hypot(rect.width(), rect.height()) / 2;
    return distanceSquared(centre, positionOf(centre)) <= reach * reach;
  }

  /// Coverage in [0, 255] of the pixel whose centre is `point`.
  int coverageAt(QPointF point) const {
    const double position = positionOf(point);
    const double radius = from_.radius + (to_.radius - from_.radius) * position;
    const double strength = from_.strength + (to_.strength - from_.strength) * position;
    const double squared = distanceSquared(point, position);
    const double soft = radius * softPart_;
    const double width = std::max(soft, 1.0);  // at least one pixel, against jagged edges
    const double outer = radius + (width - soft) / 2;
    if (squared >= outer * outer) return 0;
    const double inner = outer - width;
    if (inner > 0 && squared <= inner * inner) return static_cast<int>(strength + 0.5);
    const double t = std::min((outer - std::sqrt(squared)) / width, 1.0);
    const double profile = soft > 1 ? t * t * (3 - 2 * t) : t;
    return static_cast<int>(strength * profile + 0.5);
  }

 private:
  double positionOf(QPointF point) const {
    if (lengthSquared_ == 0) return 1;
    const QPointF relative = point - from_.at;
    return std::clamp((relative.x() * along_.x() + relative.y() * along_.y()) / lengthSquared_, 0.0, 1.0);
  }
  double distanceSquared(QPointF point, double position) const {
    const QPointF relative = point - from_.at - along_ * position;
    return relative.x() * relative.x() + relative.y() * relative.y();
  }

  Touch from_;
  Touch to_;
  double softPart_;
  QPointF along_;
  double lengthSquared_;
  double maxRadius_;
};

MaskStroke::MaskStroke(MaskImage& mask, const Brush& brush) : mask_(mask), brush_(brush), tiles_(mask.tileCount()) {}

MaskStroke::Touch MaskStroke::touchAt(QPointF point, double pressure) const {
  const double size = brush_.pressureSize ? std::max(pressure, 0.02) : 1;
  const double strength = brush_.pressureOpacity ? pressure : 1;
  return {point, std::max(brush_.diameter * size / 2, 0.5), 255 * brush_.opacity * strength};
}

QRect MaskStroke::paintTo(QPointF point, double pressure) {
  const Touch touch = touchAt(point, pressure);
  const Segment segment(started_ ? last_ : touch, touch, std::clamp(brush_.hardness, 0.0, 1.0));
  started_ = true;
  last_ = touch;
  const QRect area = segment.bounds() & mask_.image().rect();
  const QRect tiles = mask_.tilesTouching(area);
  for (int y = tiles.top(); y <= tiles.bottom(); ++y) {
    for (int x = tiles.left(); x <= tiles.right(); ++x) {
      const int tile = y * mask_.tileColumns() + x;
      if (segment.mayTouch(mask_.tileRect(tile))) paintTile(tile, segment);
    }
  }
  return area;
}

MaskStroke::Tile& MaskStroke::remember(int tile) {
  std::unique_ptr<Tile>& slot = tiles_[tile];
  if (slot) return *slot;
  slot = std::make_unique<Tile>();
  const QRect rect = mask_.tileRect(tile);
  for (int y = 0; y < rect.height(); ++y) {
    std::memcpy(slot->before + y * kSide, std::as_const(mask_).row(rect.top() + y) + rect.left(), rect.width());
  }
  return *slot;
}

void MaskStroke::paintTile(int tile, const Segment& segment) {
  Tile& data = remember(tile);
  const QRect rect = mask_.tileRect(tile);
  const QRect area = rect & segment.bounds();
  const int target = brush_.erases ? 0 : 255;
  for (int y = area.top(); y <= area.bottom(); ++y) {
    uchar* row = mask_.row(y);
    const int offset = (y - rect.top()) * kSide - rect.left();
    for (int x = area.left(); x <= area.right(); ++x) {
      const int coverage = segment.coverageAt({x + 0.5, y + 0.5});
      if (coverage <= data.coverage[offset + x]) continue;
      data.coverage[offset + x] = static_cast<uint8_t>(coverage);
      row[x] = mixed(data.before[offset + x], target, coverage);
    }
  }
  mask_.noteChange(area);
}

MaskDelta MaskStroke::delta() const {
  MaskDelta delta;
  const MaskImage& mask = mask_;
  for (int tile = 0; tile < static_cast<int>(tiles_.size()); ++tile) {
    if (!tiles_[tile]) continue;
    const QRect rect = mask.tileRect(tile);
    QByteArray difference(MaskImage::kTileBytes, '\0');
    for (int y = 0; y < rect.height(); ++y) {
      const uchar* row = mask.row(rect.top() + y) + rect.left();
      const uint8_t* before = tiles_[tile]->before + y * kSide;
      for (int x = 0; x < rect.width(); ++x) difference[y * kSide + x] = static_cast<char>(row[x] ^ before[x]);
    }
    delta.addTile(tile, difference);
  }
  return delta;
}

QRect MaskStroke::cancel() {
  const QRect changed = delta().applyTo(mask_);
  for (auto& tile : tiles_) tile.reset();
  started_ = false;
  return changed;
}

}  // namespace lorikeet
