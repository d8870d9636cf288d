#include "canvas/mask_sampler.h"

#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

constexpr int kFraction = 16;  // bits
constexpr int64_t kOne = int64_t{1} << kFraction;

int64_t fixed(double value) { return std::llround(value * kOne); }

int64_t floorDivided(int64_t a, int64_t b) { return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0); }

/// Narrows [first, end) to where 0 <= start + i * step < limit.
void narrow(int64_t start, int64_t step, int64_t limit, int64_t& first, int64_t& end) {
  if (step == 0) {
    if (start < 0 || start >= limit) end = first;
    return;
  }
  if (step < 0) {  // 0 <= (limit - 1 - start) + i * -step < limit
    start = limit - 1 - start;
    step = -step;
  }
  first = std::max(first, -floorDivided(start, step));
  end = std::min(end, -floorDivided(start - limit, step));
}

/// Between two values by a share of 256.
int mixed(int a, int b, int share) { return a * (256 - share) + b * share; }

/// The pixel before a position and the share of the next one, for positions of pixel centres.
struct Neighbours {
  int first;
  int second;
  int share;
  Neighbours(int64_t position, int count) {
    const int64_t centred = position - kOne / 2;
    const auto before = static_cast<int>(centred >> kFraction);
    share = static_cast<int>((centred >> (kFraction - 8)) & 255);
    first = std::max(before, 0);
    second = std::min(before + 1, count - 1);
  }
};

}  // namespace

MaskSampler::MaskSampler(const QImage& mask, const QTransform& toMask, bool smooth)
    : mask_(mask),
      smooth_(smooth),
      originX_(fixed(toMask.dx())),
      originY_(fixed(toMask.dy())),
      xByX_(fixed(toMask.m11())),
      yByX_(fixed(toMask.m12())),
      xByY_(fixed(toMask.m21())),
      yByY_(fixed(toMask.m22())) {}

MaskSampler::Position MaskSampler::positionOf(int x, int y) const {  // of the pixel's centre
  return {originX_ + xByX_ * x + xByY_ * y + (xByX_ + xByY_) / 2,
          originY_ + yByX_ * x + yByY_ * y + (yByX_ + yByY_) / 2};
}

std::pair<int, int> MaskSampler::sampleRow(int left, int y, std::vector<uint8_t>& values) {
  Position at = positionOf(left, y);
  int64_t first = 0;
  auto end = static_cast<int64_t>(values.size());
  narrow(at.x, xByX_, mask_.width() * kOne, first, end);
  narrow(at.y, yByX_, mask_.height() * kOne, first, end);
  if (first >= end) return {0, 0};
  at = positionOf(left + static_cast<int>(first), y);
  const std::span<uint8_t> wanted(values.data(), static_cast<size_t>(end - first));
  if (!smooth_) {
    sampleNearest(at, wanted);
  } else if (yByX_ == 0 && xByX_ > 0) {
    sampleLevelRow(at, wanted);
  } else {
    sampleSmooth(at, wanted);
  }
  return {static_cast<int>(first), static_cast<int>(end - first)};
}

void MaskSampler::sampleNearest(Position at, std::span<uint8_t> values) const {
  for (uint8_t& value : values) {
    value = mask_.constScanLine(static_cast<int>(at.y >> kFraction))[at.x >> kFraction];
    at.x += xByX_;
    at.y += yByX_;
  }
}

/// For a view that is not turned: two rows of the mask are mixed once, then read from left to right.
void MaskSampler::sampleLevelRow(Position at, std::span<uint8_t> values) {
  const int width = mask_.width();
  const Neighbours rows(at.y, mask_.height());
  const int first = Neighbours(at.x, width).first;
  const int last = Neighbours(at.x + xByX_ * static_cast<int64_t>(values.size() - 1), width).second;
  const uchar* upper = mask_.constScanLine(rows.first);
  const uchar* lower = mask_.constScanLine(rows.second);
  const size_t count = static_cast<size_t>(last - first) + 1;
  const uchar* row = upper + first;
  if (rows.share != 0) {
    levelRow_.resize(count);
    uint8_t* __restrict out = levelRow_.data();
    for (size_t i = 0; i < count; ++i)
      out[i] = static_cast<uint8_t>((mixed(upper[first + i], lower[first + i], rows.share) + 128) >> 8);
    row = out;
  }
  if (xByX_ == kOne && ((at.x - kOne / 2) & (kOne - 1)) == 0) {  // pixel on pixel
    std::copy_n(row, values.size(), values.begin());
    return;
  }
  if (std::all_of(row, row + count, [](uchar value) { return value == 0; })) {
    std::fill(values.begin(), values.end(), uint8_t{0});
    return;
  }
  for (uint8_t& value : values) {
    const Neighbours columns(at.x, width);
    value = static_cast<uint8_t>(
        (mixed(row[columns.first - first], row[columns.second - first], columns.share) + 128) >> 8);
    at.x += xByX_;
  }
}

/// As sampleSmooth, where all four neighbours of every pixel are inside.
void MaskSampler::sampleInside(Position at, std::span<uint8_t> values) const {
  const uchar* pixels = mask_.constBits();
  const qsizetype stride = mask_.bytesPerLine();
  int64_t x = at.x - kOne / 2;
  int64_t y = at.y - kOne / 2;
  for (uint8_t& value : values) {
    const uchar* upper = pixels + stride * (y >> kFraction) + (x >> kFraction);
    const uchar* lower = upper + stride;
    const int shareX = static_cast<int>(x >> (kFraction - 8)) & 255;
    const int shareY = static_cast<int>(y >> (kFraction - 8)) & 255;
    const int above = mixed(upper[0], upper[1], shareX);
    const int below = mixed(lower[0], lower[1], shareX);
    value = static_cast<uint8_t>((mixed(above, below, shareY) + (1 << 15)) >> 16);
    x += xByX_;
    y += yByX_;
  }
}

void MaskSampler::sampleSmooth(Position at, std::span<uint8_t> values) const {
  const auto isInside = [this](int64_t x, int64_t y) {
    return x >= kOne / 2 && y >= kOne / 2 && x < (mask_.width() - 1) * kOne - kOne / 2 &&
           y < (mask_.height() - 1) * kOne - kOne / 2;
  };
  const auto last = static_cast<int64_t>(values.size()) - 1;
  if (isInside(at.x, at.y) && isInside(at.x + last * xByX_, at.y + last * yByX_)) return sampleInside(at, values);
  const int width = mask_.width();
  const int height = mask_.height();
  const uchar* pixels = mask_.constBits();
  const qsizetype stride = mask_.bytesPerLine();
  for (uint8_t& value : values) {
    const Neighbours columns(at.x, width);
    const Neighbours rows(at.y, height);
    const uchar* upper = pixels + stride * rows.first;
    const uchar* lower = pixels + stride * rows.second;
    const int above = mixed(upper[columns.first], upper[columns.second], columns.share);
    const int below = mixed(lower[columns.first], lower[columns.second], columns.share);
    value = static_cast<uint8_t>((mixed(above, below, rows.share) + (1 << 15)) >> 16);
    at.x += xByX_;
    at.y += yByX_;
  }
}

}  // namespace lorikeet
