#include "studio/document/mask_reshaper.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lorikeet {
namespace {

QRect paintedArea(const QImage& mask) {
  QRect area;
  for (int y = 0; y < mask.height(); ++y) {
    const uchar* begin = mask.constScanLine(y);
    const uchar* end = begin + mask.width();
    const uchar* first = std::find_if(begin, end, [](uchar value) { return value != 0; });
    if (first == end) continue;
    const uchar* last = end - 1;
    while (*last == 0) --last;
    area |= QRect(QPoint(static_cast<int>(first - begin), y), QPoint(static_cast<int>(last - begin), y));
  }
  return area;
}

QRect enlarged(const QRect& rect, int by) { return rect.adjusted(-by, -by, by, by); }

/// sum / window, exact for the sums of up to 513 bytes, by a product instead of a division.
class WindowMean {
 public:
  explicit WindowMean(int radius) : radius_(radius), factor_((uint64_t{1} << 32) / (2 * radius + 1) + 1) {}
  uchar operator()(int sum) const {
    return static_cast<uchar>(static_cast<uint64_t>(static_cast<uint32_t>(sum + radius_)) * factor_ >> 32);
  }

 private:
  int radius_;
  uint64_t factor_;
};

void blurRows(QImage& mask, const QRect& area, int radius) {
  const int count = area.width();
  const WindowMean mean(radius);
  std::vector<uchar> in(count);
  for (int y = area.top(); y <= area.bottom(); ++y) {
    uchar* row = mask.scanLine(y) + area.left();
    std::copy(row, row + count, in.begin());
    int sum = in[0] * radius;
    for (int i = 0; i < radius; ++i) sum += in[std::min(i, count - 1)];
    for (int x = 0; x < count; ++x) {
      sum += in[std::min(x + radius, count - 1)];
      row[x] = mean(sum);
      sum -= in[std::max(x - radius, 0)];
    }
  }
}

void blurColumns(QImage& mask, const QRect& area, int radius) {
  const int count = area.height();
  const WindowMean mean(radius);
  const QImage in = mask.copy(area);
  std::vector<int> sums(area.width(), 0);
  const auto add = [&](int y, int factor) {
    const uchar* row = in.constScanLine(std::clamp(y, 0, count - 1));
    for (int x = 0; x < area.width(); ++x) sums[x] += factor * row[x];
  };
  add(0, radius);
  for (int i = 0; i < radius; ++i) add(i, 1);
  for (int y = 0; y < count; ++y) {
    add(y + radius, 1);
    uchar* row = mask.scanLine(area.top() + y) + area.left();
    for (int x = 0; x < area.width(); ++x) row[x] = mean(sums[x]);
    add(y - radius, -1);
  }
}

}  // namespace

void featherMask(QImage& mask, int width, const QRect& area) {
  const QRect inside = area & mask.rect();
  if (inside.isEmpty()) return;
  for (int pass = 0; pass < 3; ++pass) {
    const int radius = (width + pass) / 3;
    if (radius == 0) continue;
    blurRows(mask, inside, radius);
    blurColumns(mask, inside, radius);
  }
}

MaskReshaper::MaskReshaper(const QImage& mask) : mask_(mask), painted_(paintedArea(mask)) {}

QImage MaskReshaper::result(int grow, int feather) {
  if (painted_.isEmpty()) return mask_;
  grow = std::clamp(grow, -kMaxGrow, kMaxGrow);
  QImage reshaped = grow == 0 ? mask_ : grown(grow);
  const int width = std::clamp(feather, 0, kMaxFeather);
  if (width > 0) featherMask(reshaped, width, enlarged(painted_, std::max(grow, 0) + width + 1));
  return reshaped;
}

QImage MaskReshaper::grown(int grow) {
  if (!distance_) distance_.emplace(mask_, enlarged(painted_, kMaxGrow + 1), kMaxGrow);
  QImage reshaped = mask_;
  const QRect& area = distance_->area();
  const int shift = grow * MaskDistance::kUnits + MaskDistance::kUnits / 2;
  for (int y = area.top(); y <= area.bottom(); ++y) {
    const int16_t* distance = distance_->row(y);
    uchar* out = reshaped.scanLine(y) + area.left();
    for (int x = 0; x < area.width(); ++x) {
      const int value = std::clamp((distance[x] + shift) * 255 / MaskDistance::kUnits, 0, 255);
      out[x] = static_cast<uchar>(grow > 0 ? std::max<int>(out[x], value) : std::min<int>(out[x], value));
    }
  }
  return reshaped;
}

}  // namespace lorikeet
