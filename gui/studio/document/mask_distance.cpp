#include "studio/document/mask_distance.h"

#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

/// Turns one row of vertical distances (rows to the nearest pixel) into distances to the nearest pixel in units, by
/// the lower envelope of the parabolas (x - i)^2 + vertical[i]^2. `far` stands for "none near".
class RowTransform {
 public:
  RowTransform(int width, int far) : width_(width), far_(far), vertex_(width), from_(width), vertical_(width) {}

  void operator()(int16_t* row) {
    std::copy(row, row + width_, vertical_.begin());
    const int parabolas = findEnvelope();
    if (parabolas == 0) return std::fill(row, row + width_, static_cast<int16_t>(far_ * MaskDistance::kUnits));
    int current = parabolas - 1;
    for (int x = width_ - 1; x >= 0; --x) {
      while (current > 0 && from_[current] > x) --current;
      const int squared = valueAt(vertex_[current], x);
      const float exact = std::min(std::sqrt(static_cast<float>(squared)), static_cast<float>(far_));
      row[x] = static_cast<int16_t>(exact * MaskDistance::kUnits + 0.5F);
    }
  }

 private:
  /// Fills vertex_ and from_ (where each parabola starts to be the lowest) and returns their number.
  int findEnvelope() {
    int count = 0;
    for (int x = 0; x < width_; ++x) {
      if (vertical_[x] >= far_) continue;
      while (count > 0 && valueAt(vertex_[count - 1], from_[count - 1]) > valueAt(x, from_[count - 1])) --count;
      const int begin = count == 0 ? 0 : lastBelow(vertex_[count - 1], x) + 1;
      if (begin >= width_) continue;
      vertex_[count] = x;
      from_[count] = begin;
      ++count;
    }
    return count;
  }

  int valueAt(int vertex, int x) const { return (x - vertex) * (x - vertex) + vertical_[vertex] * vertical_[vertex]; }

  /// The last x where the parabola of `left` is not above that of `right`.
  int lastBelow(int left, int right) const {
    const int difference =
        right * right - left * left + vertical_[right] * vertical_[right] - vertical_[left] * vertical_[left];
    return static_cast<int>(std::floor(difference / (2.0 * (right - left))));
  }

  int width_;
  int far_;
  std::vector<int> vertex_;
  std::vector<int> from_;
  std::vector<int> vertical_;
};

}  // namespace

MaskDistance::MaskDistance(const QImage& mask, const QRect& area, int reach) : area_(area & mask.rect()) {
  signed_ = toNearest(mask, false, reach + 2);
  const std::vector<int16_t> outside = toNearest(mask, true, reach + 2);
  // Distances run between pixel centres; the edge lies half a pixel before the nearest one of the other side.
  for (size_t i = 0; i < signed_.size(); ++i) {
    signed_[i] = static_cast<int16_t>(signed_[i] > 0 ? signed_[i] - kUnits / 2 : kUnits / 2 - outside[i]);
  }
}

const int16_t* MaskDistance::row(int y) const {
  return signed_.data() + static_cast<size_t>(area_.width()) * (y - area_.top());
}

std::vector<int16_t> MaskDistance::toNearest(const QImage& mask, bool inside, int far) const {
  const size_t width = area_.width();
  std::vector<int16_t> rows(width * area_.height());
  for (int y = 0; y < area_.height(); ++y) {
    const uchar* in = mask.constScanLine(area_.top() + y) + area_.left();
    int16_t* out = rows.data() + width * y;
    for (size_t x = 0; x < width; ++x) {
      const int above = y > 0 ? *(out + x - width) + 1 : far;
      out[x] = static_cast<int16_t>((in[x] >= 128) == inside ? 0 : std::min(above, far));
    }
  }
  for (int y = area_.height() - 2; y >= 0; --y) {
    int16_t* out = rows.data() + width * y;
    for (size_t x = 0; x < width; ++x) out[x] = static_cast<int16_t>(std::min<int>(out[x], out[x + width] + 1));
  }
  RowTransform transform(area_.width(), far);
  for (int y = 0; y < area_.height(); ++y) transform(rows.data() + width * y);
  return rows;
}

}  // namespace lorikeet
