#include "canvas/image_pyramid.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace lorikeet {
namespace {

constexpr int kSmallestLevel = 64;

uint8_t mean(uint8_t a, uint8_t b, uint8_t c, uint8_t d) { return static_cast<uint8_t>((a + b + c + d + 2) / 4); }

/// The means of the four channels, two at a time in one 32-bit word.
uint32_t mean(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  constexpr uint32_t kMask = 0x00FF00FF;
  const uint32_t low = (a & kMask) + (b & kMask) + (c & kMask) + (d & kMask) + 0x00020002;
  const uint32_t high = ((a >> 8) & kMask) + ((b >> 8) & kMask) + ((c >> 8) & kMask) + ((d >> 8) & kMask) + 0x00020002;
  return ((low >> 2) & kMask) | (((high >> 2) & kMask) << 8);
}

/// Eight bytes of two rows to their four means, in lanes of 16 bits.
uint32_t meanOfEight(const uint8_t* upper, const uint8_t* lower) {
  constexpr uint64_t kMask = 0x00FF00FF00FF00FF;
  uint64_t a = 0;
  uint64_t b = 0;
  std::memcpy(&a, upper, 8);
  std::memcpy(&b, lower, 8);
  uint64_t sum = (a & kMask) + ((a >> 8) & kMask) + (b & kMask) + ((b >> 8) & kMask) + 0x0002000200020002;
  sum = (sum >> 2) & kMask;
  sum = (sum | (sum >> 8)) & 0x0000FFFF0000FFFF;
  return static_cast<uint32_t>(sum | (sum >> 16));
}

/// As many pixels as go four at a time; returns where the next one is.
int halveFast(const uint8_t* upper, const uint8_t* lower, uint8_t* out, int x, int end) {
  if constexpr (std::endian::native != std::endian::little) return x;
  for (; x + 4 <= end; x += 4) {
    const uint32_t four = meanOfEight(upper + 2 * x, lower + 2 * x);
    std::memcpy(out + x, &four, 4);
  }
  return x;
}

int halveFast(const uint32_t*, const uint32_t*, uint32_t*, int x, int) { return x; }

template <typename Pixel>
void halve(const QImage& source, QImage& target, const QRect& area) {
  const int lastX = source.width() - 1;
  const int lastY = source.height() - 1;
  for (int y = area.top(); y <= area.bottom(); ++y) {
    const auto* upper = reinterpret_cast<const Pixel*>(source.constScanLine(2 * y));
    const auto* lower = reinterpret_cast<const Pixel*>(source.constScanLine(std::min(2 * y + 1, lastY)));
    auto* out = reinterpret_cast<Pixel*>(target.scanLine(y));
    const int evenEnd = std::min(area.right() + 1, source.width() / 2);
    int x = halveFast(upper, lower, out, area.left(), evenEnd);
    for (; x < evenEnd; ++x) out[x] = mean(upper[2 * x], upper[2 * x + 1], lower[2 * x], lower[2 * x + 1]);
    for (; x <= area.right(); ++x) {
      const int right = std::min(2 * x + 1, lastX);
      out[x] = mean(upper[2 * x], upper[right], lower[2 * x], lower[right]);
    }
  }
}

void halveArea(const QImage& source, QImage& target, const QRect& area) {
  if (source.depth() == 8) {
    halve<uint8_t>(source, target, area);
  } else {
    halve<uint32_t>(source, target, area);
  }
}

}  // namespace

void ImagePyramid::rebuild(const QImage& base) {
  levels_.clear();
  const QImage* above = &base;
  while (std::max(above->width(), above->height()) > kSmallestLevel) {
    QImage half((above->width() + 1) / 2, (above->height() + 1) / 2, base.format());
    halveArea(*above, half, half.rect());
    levels_.push_back(std::move(half));
    above = &levels_.back();
  }
}

void ImagePyramid::update(const QImage& base, const QRect& changed) {
  QRect area = changed & base.rect();
  const QImage* above = &base;
  for (QImage& half : levels_) {
    if (area.isEmpty()) return;
    area = QRect(QPoint(area.left() / 2, area.top() / 2), QPoint(area.right() / 2, area.bottom() / 2));
    halveArea(*above, half, area);
    above = &half;
  }
}

int ImagePyramid::levelFor(double zoom) const {
  int n = 0;
  while (n < static_cast<int>(levels_.size()) && zoom <= 0.5) {
    zoom *= 2;
    ++n;
  }
  return n;
}

}  // namespace lorikeet
