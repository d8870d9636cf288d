#include "lorikeet/annotate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/check.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

cv::Mat view(const Image& image) {
  CHECK(image.pixels.size() == static_cast<size_t>(image.width) * image.height * 3);
  if (image.empty()) throw Error(ErrorKind::InvalidArgument, "The picture is empty.");
  return {image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.pixels.data())};
}

void requireInRange(double value, double low, double high, const char* what) {
  if (value >= low && value <= high) return;
  throw Error(ErrorKind::InvalidArgument, fmt::format("The {} is {}, but must be {} to {}.", what, value, low, high));
}

/// Writes one value to all three channels.
void setGrey(Image& image, size_t pixel, uint8_t value) { std::fill_n(image.pixels.begin() + pixel * 3, 3, value); }

uint8_t darkest(const Image& image, size_t pixel) {
  const uint8_t* p = &image.pixels[pixel * 3];
  return std::min({p[0], p[1], p[2]});
}

/// The middle of the values above 8 (the mean of the two middle ones for an even count), 0 where there are none.
float medianOfStrong(std::vector<float> values) {
  std::erase_if(values, [](float v) { return v <= 8.0F; });
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  const float upper = *middle;
  if (values.size() % 2 == 1) return upper;
  return (*std::max_element(values.begin(), middle) + upper) / 2;
}

}  // namespace

Image cannyEdges(const Image& source, const CannyOptions& options) {
  requireInRange(options.lowThreshold, 0, 2000, "low Canny threshold");
  requireInRange(options.highThreshold, 0, 2000, "high Canny threshold");
  requireInRange(options.blurSigma, 0, 50, "Canny blur");
  cv::Mat rgb = view(source);
  if (options.blurSigma > 0) {
    cv::Mat blurred;
    cv::GaussianBlur(rgb, blurred, {0, 0}, options.blurSigma);
    rgb = blurred;
  }
  cv::Mat edges;
  cv::Canny(rgb, edges, options.lowThreshold, options.highThreshold, 3, options.l2Gradient);
  Image result = Image::create(source.width, source.height);
  cv::Mat target = view(result);
  cv::cvtColor(edges, target, cv::COLOR_GRAY2RGB);
  return result;
}

Image invertColours(const Image& source) {
  Image result = source;
  for (uint8_t& v : result.pixels) v = static_cast<uint8_t>(255 - v);
  return result;
}

Image linesBelowThreshold(const Image& source, int threshold) {
  requireInRange(threshold, 1, 255, "line threshold");
  Image result = Image::create(source.width, source.height);
  for (size_t i = 0; i < source.pixels.size() / 3; ++i) setGrey(result, i, darkest(source, i) < threshold ? 255 : 0);
  return result;
}

Image softLineArt(const Image& source, double sigma) {
  requireInRange(sigma, 0.1, 100, "line art blur");
  cv::Mat values;
  view(source).convertTo(values, CV_32FC3);
  cv::Mat surroundings;
  cv::GaussianBlur(values, surroundings, {0, 0}, sigma);
  const size_t count = source.pixels.size() / 3;
  std::vector<float> intensity(count);
  const auto* here = values.ptr<float>();
  const auto* around = surroundings.ptr<float>();
  for (size_t i = 0; i < count; ++i) {
    const float* a = around + 3 * i;
    const float* h = here + 3 * i;
    intensity[i] = std::clamp(std::min({a[0] - h[0], a[1] - h[1], a[2] - h[2]}), 0.0F, 255.0F);
  }
  const float scale = 127.0F / std::max(16.0F, medianOfStrong(intensity));
  Image result = Image::create(source.width, source.height);
  for (size_t i = 0; i < count; ++i)
    setGrey(result, i, static_cast<uint8_t>(std::clamp(intensity[i] * scale, 0.0F, 255.0F)));
  return result;
}

}  // namespace lorikeet
