#include "lorikeet/mask.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/check.h"
#include "core/execution_context.h"
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

/// A horizontal Gaussian blur, in bands that take some milliseconds each.
cv::Mat blurRows(const cv::Mat& source, int kernel, double sigma, const std::stop_token& stop) {
  constexpr int64_t kBandWork = int64_t{1} << 26;
  cv::Mat blurred(source.rows, source.cols, CV_8UC1);
  const int band = static_cast<int>(std::clamp<int64_t>(kBandWork / kernel / source.cols, 1, source.rows));
  for (int y = 0; y < source.rows; y += band) {
    throwIfStopped(stop);
    const int rows = std::min(band, source.rows - y);
    // Not rowRange(): OpenCV rounds differently for parts of a matrix.
    const cv::Mat from(rows, source.cols, CV_8UC1, const_cast<uint8_t*>(source.ptr(y)), source.step);
    cv::Mat to(rows, source.cols, CV_8UC1, blurred.ptr(y), blurred.step);
    cv::GaussianBlur(from, to, {kernel, 1}, sigma);
  }
  return blurred;
}

/// How far the nearest value of at least 128 in the same column is; at most limit + 1.
std::vector<uint16_t> distancesInColumns(const Mask& mask, int limit, const std::stop_token& stop) {
  const auto width = static_cast<size_t>(mask.width), height = static_cast<size_t>(mask.height);
  const auto beyond = static_cast<uint16_t>(limit + 1);
  std::vector<uint16_t> distances(width * height);
  for (size_t y = 0; y < height; ++y) {
    throwIfStopped(stop);
    uint16_t* row = distances.data() + y * width;
    for (size_t x = 0; x < width; ++x) {
      const uint16_t above = y == 0 ? beyond : static_cast<uint16_t>(row[x - width] + 1);
      row[x] = mask.values[y * width + x] >= 128 ? uint16_t{0} : std::min(beyond, above);
    }
  }
  for (size_t y = height - 1; y-- > 0;) {
    throwIfStopped(stop);
    uint16_t* row = distances.data() + y * width;
    for (size_t x = 0; x < width; ++x) row[x] = std::min(row[x], static_cast<uint16_t>(row[x + width] + 1));
  }
  return distances;
}

/// Sets every pixel of a row to 255 that lies within the reach of a column's nearest masked value. `starts` is scratch:
/// how many reaches begin less end at a pixel.
void growRow(const uint16_t* vertical, const std::vector<int>& reaches, std::vector<int>& starts, uint8_t* values,
             int width) {
  std::fill(starts.begin(), starts.end(), 0);
  for (int x = 0; x < width; ++x) {
    if (vertical[x] >= reaches.size()) continue;
    const int reach = reaches[vertical[x]];
    ++starts[static_cast<size_t>(std::max(0, x - reach))];
    --starts[static_cast<size_t>(std::min(width, x + reach + 1))];
  }
  int covering = 0;
  for (int x = 0; x < width; ++x)
    if ((covering += starts[static_cast<size_t>(x)]) > 0) values[x] = 255;
}

void featherRow(const float* distance, int reach, Mask& mask, int y) {
  uint8_t* values = mask.values.data() + static_cast<size_t>(y) * mask.width;
  for (int x = 0; x < mask.width; ++x) {
    const float t = std::min(1.0F, distance[x] / static_cast<float>(reach));
    values[x] = static_cast<uint8_t>(std::lround(static_cast<float>(values[x]) * t * t * (3 - 2 * t)));
  }
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

Mask blurMask(const Mask& mask, double sigma, const std::stop_token& stop) {
  requireRange(sigma, 0, 256, "mask blur");
  const int kernel = 2 * static_cast<int>(2.5 * sigma + 0.5) + 1;
  if (mask.empty() || kernel == 1) return mask;
  Mask result = Mask::create(mask.width, mask.height);
  cv::Mat turned, turnedBack;
  cv::transpose(blurRows(view(mask), kernel, sigma, stop), turned);
  cv::transpose(blurRows(turned, kernel, sigma, stop), turnedBack);
  turnedBack.copyTo(view(result));
  return result;
}

Mask growMask(const Mask& mask, int pixels, const std::stop_token& stop) {
  requireRange(pixels, -kMaxDistance, kMaxDistance, "mask growth");
  if (pixels == 0 || mask.empty()) return mask;
  if (pixels < 0) return invertMask(growMask(invertMask(mask), -pixels, stop));
  const std::vector<uint16_t> vertical = distancesInColumns(mask, pixels, stop);
  std::vector<int> reaches(static_cast<size_t>(pixels) + 1);
  for (int d = 0; d <= pixels; ++d)
    reaches[static_cast<size_t>(d)] = static_cast<int>(std::sqrt(static_cast<double>(pixels) * pixels - d * d));
  Mask result = mask;
  std::vector<int> starts(static_cast<size_t>(mask.width) + 1);
  for (int y = 0; y < mask.height; ++y) {
    throwIfStopped(stop);
    growRow(vertical.data() + static_cast<size_t>(y) * mask.width, reaches, starts,
            result.values.data() + static_cast<size_t>(y) * mask.width, mask.width);
  }
  return result;
}

Mask featherMask(const Mask& mask, int pixels, const std::stop_token& stop) {
  requireRange(pixels, 0, kMaxDistance, "mask feather");
  if (pixels == 0 || mask.empty()) return mask;
  const cv::Mat masked = view(mask) > 0;
  if (cv::countNonZero(masked) == masked.rows * masked.cols) return mask;
  // In bands that take some milliseconds each; farther away than `reach` no distance makes a difference.
  constexpr int kBandPixels = 1 << 22;
  const int reach = pixels + 1, band = std::max(reach, kBandPixels / mask.width);
  Mask result = mask;
  for (int y = 0; y < mask.height; y += band) {
    throwIfStopped(stop);
    const int end = std::min(y + band, mask.height), top = std::max(y - reach, 0);
    const cv::Mat distance = distanceToZero(masked.rowRange(top, std::min(end + reach, mask.height)));
    for (int row = y; row < end; ++row) featherRow(distance.ptr<float>(row - top), reach, result, row);
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
