#include "studio/document/mask_stroke.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace lorikeet {
namespace {

constexpr double kRadiusStep = 0.5;  // pixels
constexpr double kStrengthStep = 4;  // of 255
constexpr int kMaxPieces = 64;

static_assert(MaskImage::kTileSide == BrushTip::kRun);
using TileRow = uint8_t[MaskImage::kTileSide];

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

}  // namespace

MaskStroke::MaskStroke(MaskImage& mask, const Brush& brush) : mask_(mask), brush_(brush), tiles_(mask.tileCount()) {}

MaskStroke::Touch MaskStroke::touchAt(QPointF point, double pressure) const {
  const double size = brush_.pressureSize ? std::max(pressure, 0.02) : 1;
  const double strength = brush_.pressureOpacity ? pressure : 1;
  return {point, std::max(brush_.diameter * size / 2, 0.5), 255 * brush_.opacity * strength};
}

QRect MaskStroke::paintTo(QPointF point, double pressure) {
  const Touch to = touchAt(point, pressure);
  const Touch from = started_ ? last_ : to;
  started_ = true;
  last_ = to;
  // Where the pressure changes, pieces of one radius and strength follow it in steps too small to see.
  const double steps =
      std::max(std::abs(to.radius - from.radius) / kRadiusStep, std::abs(to.strength - from.strength) / kStrengthStep);
  const int pieces = std::clamp(static_cast<int>(std::ceil(steps)), 1, kMaxPieces);
  QRect changed;
  for (int i = 1; i <= pieces; ++i) {
    const double end = double(i) / pieces;
    const double begin = double(i - 1) / pieces;
    const BrushTip tip(from.radius + (to.radius - from.radius) * end, brush_.hardness,
                       from.strength + (to.strength - from.strength) * end);
    changed |= paintSweep(BrushSweep(tip, from.at + (to.at - from.at) * begin, from.at + (to.at - from.at) * end));
  }
  return changed;
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
    sweep.coverRun(rect.left(), y, covered);
    const int offset = (y - rect.top()) * MaskImage::kTileSide;
    mixRow(data.before + offset, data.coverage + offset, covered, target, values);
    const auto [first, last] = writeRow(mask_.row(y) + rect.left(), values, rect.width());
    if (first <= last) changed |= QRect(rect.left() + first, y, last - first + 1, 1);
  }
  if (!changed.isEmpty()) mask_.noteChange(changed);
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
      const uchar* row = mask.row(rect.top() + y) + rect.left();
      const uint8_t* before = tiles_[tile]->before + y * MaskImage::kTileSide;
      for (int x = 0; x < rect.width(); ++x)
        difference[y * MaskImage::kTileSide + x] = static_cast<char>(row[x] ^ before[x]);
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
