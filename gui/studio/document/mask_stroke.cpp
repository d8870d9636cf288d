#include "studio/document/mask_stroke.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace lorikeet {
namespace {

constexpr double kMaxRadiusRatio = 1.5;  // within one sweep, so that its edge is as sharp at both ends

static_assert(MaskImage::kTileSide == BrushTip::kRun);
using TileRow = uint8_t[MaskImage::kTileSide];

/// Whether `covered` exceeds the coverage so far anywhere.
bool raises(const uint8_t* __restrict coverage, const TileRow& covered) {
  uint8_t any = 0;
  for (int x = 0; x < MaskImage::kTileSide; ++x)
    any |= static_cast<uint8_t>(std::max(coverage[x], covered[x]) ^ coverage[x]);
  return any != 0;
}

/// values = before, mixed with `target` by the strongest coverage so far. Exact rounding of x / 255 in 16 bits, so that
/// the compiler can work on several pixels at a time.
void mixRow(const uint8_t* __restrict before, uint8_t* __restrict coverage, const TileRow& covered, uint16_t target,
            TileRow& values) {
  for (int x = 0; x < MaskImage::kTileSide; ++x) {
    const uint16_t share = std::max(coverage[x], covered[x]);
    coverage[x] = static_cast<uint8_t>(share);
    const auto sum = static_cast<uint16_t>(before[x] * (255 - share) + target * share + 128);
    values[x] = static_cast<uint8_t>(static_cast<uint16_t>(sum + (sum >> 8)) >> 8);
  }
}

/// Writes what differs and returns its first and last place; first > last where nothing does.
std::pair<int, int> writeRow(uchar* row, const uint8_t* values, int count) {
  if (std::memcmp(row, values, count) == 0) return {0, -1};
  int first = 0;
  int last = count - 1;
  while (row[first] == values[first]) ++first;
  while (row[last] == values[last]) --last;
  std::memcpy(row + first, values + first, last - first + 1);
  return {first, last};
}

/// The touch on the way between two that has this radius.
BrushTouch between(const BrushTouch& from, const BrushTouch& to, double radius) {
  const double share = (radius - from.radius) / (to.radius - from.radius);
  return {from.at + (to.at - from.at) * share, radius, from.strength + (to.strength - from.strength) * share};
}

}  // namespace

MaskStroke::MaskStroke(MaskImage& mask, const Brush& brush) : mask_(mask), brush_(brush), tiles_(mask.tileCount()) {}

BrushTouch MaskStroke::touchAt(QPointF point, double pressure) const {
  const double size = brush_.pressureSize ? std::max(pressure, 0.02) : 1;
  const double strength = brush_.pressureOpacity ? pressure : 1;
  return {point, std::max(brush_.diameter * size / 2, 0.5), 255 * std::clamp(brush_.opacity * strength, 0.0, 1.0)};
}

QRect MaskStroke::paintTo(QPointF point, double pressure) {
  const BrushTouch to = touchAt(point, pressure);
  const bool isFirst = !last_;
  const BrushTouch from = isFirst ? to : *last_;
  last_ = to;
  if (isFirst) return paintBetween(to, to, false);
  const double ratio = to.radius / from.radius;
  const int pieces = std::max(1, static_cast<int>(std::ceil(std::abs(std::log(ratio)) / std::log(kMaxRadiusRatio))));
  QRect changed;
  BrushTouch begin = from;
  for (int i = 1; i <= pieces; ++i) {
    const BrushTouch end = i == pieces ? to : between(from, to, from.radius * std::pow(ratio, double(i) / pieces));
    changed |= paintBetween(begin, end, true);
    begin = end;
  }
  return changed;
}

QRect MaskStroke::paintBetween(const BrushTouch& from, const BrushTouch& to, bool fromIsPainted) {
  const double radius = (from.radius + to.radius) / 2;
  if (!tip_ || !tip_->serves(radius, brush_.hardness)) tip_.emplace(radius, brush_.hardness);
  return paintSweep(BrushSweep(*tip_, from, to, fromIsPainted));
}

QRect MaskStroke::paintSweep(const BrushSweep& sweep) {
  QRect changed;
  const QRect area = sweep.bounds() & mask_.image().rect();
  const QRect tiles = mask_.tilesTouching(area);
  for (int y = tiles.top(); y <= tiles.bottom(); ++y) {
    for (int x = tiles.left(); x <= tiles.right(); ++x) {
      const int tile = y * mask_.tileColumns() + x;
      const QRect rect = mask_.tileRect(tile);
      if (sweep.mayTouch(rect)) changed |= paintTile(tile, sweep, rect & area);
    }
  }
  return changed;
}

MaskStroke::Tile& MaskStroke::remember(int tile) {
  std::unique_ptr<Tile>& slot = tiles_[tile];
  if (slot) return *slot;
  slot = std::make_unique_for_overwrite<Tile>();
  const QRect rect = mask_.tileRect(tile);
  if (rect.width() < MaskImage::kTileSide) std::memset(slot->before, 0, sizeof slot->before);
  std::memset(slot->coverage, 0, sizeof slot->coverage);
  for (int y = 0; y < rect.height(); ++y) {
    std::memcpy(slot->before + y * MaskImage::kTileSide, std::as_const(mask_).row(rect.top() + y) + rect.left(),
                rect.width());
  }
  return *slot;
}

QRect MaskStroke::paintTile(int tile, const BrushSweep& sweep, const QRect& area) {
  Tile& data = remember(tile);
  const QRect rect = mask_.tileRect(tile);
  const uint16_t target = brush_.erases ? 0 : 255;
  TileRow covered;
  TileRow values;
  QRect changed;
  for (int y = area.top(); y <= area.bottom(); ++y) {
    const int offset = (y - rect.top()) * MaskImage::kTileSide;
    if (!sweep.coverRun(rect.left(), y, covered) || !raises(data.coverage + offset, covered)) continue;
    mixRow(data.before + offset, data.coverage + offset, covered, target, values);
    const auto [first, last] = writeRow(mask_.row(y) + rect.left(), values, rect.width());
    if (first <= last) changed |= QRect(rect.left() + first, y, last - first + 1, 1);
  }
  if (changed.isEmpty()) return changed;
  if (brush_.erases) {
    mask_.noteChange(changed);
  } else {
    mask_.noteMore(tile, changed);
  }
  return changed;
}

MaskDelta MaskStroke::delta() const {
  MaskDelta delta;
  const MaskImage& mask = mask_;
  for (int tile = 0; tile < static_cast<int>(tiles_.size()); ++tile) {
    if (!tiles_[tile]) continue;
    const QRect rect = mask.tileRect(tile);
    QByteArray difference(MaskImage::kTileBytes, '\0');
    for (int y = 0; y < rect.height(); ++y) {
      const uchar* __restrict row = mask.row(rect.top() + y) + rect.left();
      const uint8_t* __restrict before = tiles_[tile]->before + y * MaskImage::kTileSide;
      char* __restrict out = difference.data() + y * MaskImage::kTileSide;
      for (int x = 0; x < rect.width(); ++x) out[x] = static_cast<char>(row[x] ^ before[x]);
    }
    delta.addTile(tile, difference);
  }
  return delta;
}

QRect MaskStroke::cancel() {
  const QRect changed = delta().applyTo(mask_);
  for (auto& tile : tiles_) tile.reset();
  last_.reset();
  return changed;
}

}  // namespace lorikeet
