#include "lorikeet/mask.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/check.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

constexpr int kMaxDistance = 1024;

cv::Mat view(const Mask& mask) {
  CHECK(mask.values.size() == static_cast<size_t>(mask.width) * mask.height);
  return {mask.height, mask.width, CV_8UC1, const_cast<uint8_t*>(mask.values.data())};
}

void requireRange(double value, double low, double high, const char* what) {
  if (value >= low && value <= high) return;
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("The {} is {}, but must be {} to {} pixels.", what, value, low, high));
}

/// Euclidean distance of every pixel with `inside` not 0 to the nearest pixel with 0, in pixels.
cv::Mat distanceToZero(const cv::Mat& inside) {
  cv::Mat distance;
  cv::distanceTransform(inside, distance, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  return distance;
}

}  // namespace

bool anyMasked(const Mask& mask) {
  return std::any_of(mask.values.begin(), mask.values.end(), [](uint8_t v) { return v != 0; });
}

bool allMasked(const Mask& mask) {
  return !mask.empty() && std::all_of(mask.values.begin(), mask.values.end(), [](uint8_t v) { return v == 255; });
}

Mask invertMask(const Mask& mask) {
  Mask result = mask;
  for (uint8_t& v : result.values) v = static_cast<uint8_t>(255 - v);
  return result;
}

Mask binarizeMask(const Mask& mask, int threshold) {
  Mask result = mask;
  for (uint8_t& v : result.values) v = v >= threshold ? 255 : 0;
  return result;
}

Mask blurMask(const Mask& mask, double sigma) {
  requireRange(sigma, 0, 256, "mask blur");
  const int kernel = 2 * static_cast<int>(2.5 * sigma + 0.5) + 1;
  if (mask.empty() || kernel == 1) return mask;
  Mask result = Mask::create(mask.width, mask.height);
  cv::Mat rows;
  cv::GaussianBlur(view(mask), rows, {kernel, 1}, sigma);
  cv::Mat target = view(result);
  cv::GaussianBlur(rows, target, {1, kernel}, sigma);
  return result;
}

Mask growMask(const Mask& mask, int pixels) {
  requireRange(pixels, -kMaxDistance, kMaxDistance, "mask growth");
  if (pixels == 0 || mask.empty()) return mask;
  if (pixels < 0) return invertMask(growMask(invertMask(mask), -pixels));
  const cv::Mat unmasked = view(mask) < 128;
  Mask result = mask;
  if (cv::countNonZero(unmasked) == unmasked.rows * unmasked.cols) return result;
  const cv::Mat near = distanceToZero(unmasked) <= static_cast<float>(pixels) + 1e-3F;
  view(result).setTo(255, near);
  return result;
}

Mask featherMask(const Mask& mask, int pixels) {
  requireRange(pixels, 0, kMaxDistance, "mask feather");
  if (pixels == 0 || mask.empty()) return mask;
  const cv::Mat masked = view(mask) > 0;
  if (cv::countNonZero(masked) == masked.rows * masked.cols) return mask;
  const cv::Mat distance = distanceToZero(masked);
  Mask result = mask;
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      uint8_t& value = result.values[static_cast<size_t>(y) * mask.width + x];
      const float t = std::min(1.0F, distance.at<float>(y, x) / static_cast<float>(pixels + 1));
      value = static_cast<uint8_t>(std::lround(static_cast<float>(value) * t * t * (3 - 2 * t)));
    }
  }
  return result;
}

Rect maskBounds(const Mask& mask) {
  int left = mask.width, right = -1, top = mask.height, bottom = -1;
  for (int y = 0; y < mask.height; ++y) {
    const uint8_t* row = mask.values.data() + static_cast<size_t>(y) * mask.width;
    const uint8_t* end = row + mask.width;
    const uint8_t* first = std::find_if(row, end, [](uint8_t v) { return v != 0; });
    if (first == end) continue;
    int last = mask.width - 1;
    while (row[last] == 0) --last;
    left = std::min(left, static_cast<int>(first - row));
    right = std::max(right, last);
    top = std::min(top, y);
    bottom = y;
  }
  return right < 0 ? Rect{} : Rect{left, top, right - left + 1, bottom - top + 1};
}

namespace {

struct Interval {
  int begin;
  int end;
};

/// Widens to the wanted length around the middle, then shifts and cuts it back into [0, limit).
Interval widen(Interval interval, double wanted, int limit) {
  const int extra = static_cast<int>(wanted - (interval.end - interval.begin));
  interval.begin -= extra / 2;
  interval.end += extra - extra / 2;
  if (interval.end >= limit) {
    interval.begin -= interval.end - limit;
    interval.end = limit;
  }
  if (interval.begin < 0) {
    interval.end -= interval.begin;
    interval.begin = 0;
  }
  interval.end = std::min(interval.end, limit);
  return interval;
}

}  // namespace

Rect onlyMaskedArea(const Mask& mask, int padding, int workWidth, int workHeight) {
  const Rect bounds = maskBounds(mask);
  if (bounds.empty()) throw Error(ErrorKind::InvalidArgument, "The mask is empty: there is nothing to repaint.");
  if (padding < 0)
    throw Error(ErrorKind::InvalidArgument, fmt::format("The padding is {}, but must not be negative.", padding));
  if (workWidth <= 0 || workHeight <= 0)
    throw Error(ErrorKind::InvalidArgument, "The size to work at must be at least one pixel.");
  padding = std::min(padding, std::max(mask.width, mask.height));
  Interval x{std::max(bounds.x - padding, 0), std::min(bounds.x + bounds.width + padding, mask.width)};
  Interval y{std::max(bounds.y - padding, 0), std::min(bounds.y + bounds.height + padding, mask.height)};
  const double areaRatio = static_cast<double>(x.end - x.begin) / (y.end - y.begin);
  const double workRatio = static_cast<double>(workWidth) / workHeight;
  if (areaRatio > workRatio)
    y = widen(y, (x.end - x.begin) / workRatio, mask.height);
  else
    x = widen(x, (y.end - y.begin) * workRatio, mask.width);
  return {x.begin, y.begin, x.end - x.begin, y.end - y.begin};
}

}  // namespace lorikeet
