#include "imaging/brightness.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/check.h"

namespace lorikeet {
namespace {

std::vector<cv::Mat> brightnessAndColours(const Image& picture) {
  CHECK(picture.pixels.size() == static_cast<size_t>(picture.width) * picture.height * 3);
  const cv::Mat rgb(picture.height, picture.width, CV_8UC3, const_cast<uint8_t*>(picture.pixels.data()));
  cv::Mat separated;
  cv::cvtColor(rgb, separated, cv::COLOR_RGB2YCrCb);
  std::vector<cv::Mat> planes;
  cv::split(separated, planes);
  return planes;
}

}  // namespace

Tensor brightnessToTensor(const Image& picture) {
  const cv::Mat plane = brightnessAndColours(picture).front();
  Tensor result({1, picture.height, picture.width, 1});
  for (size_t i = 0; i < result.size(); ++i) result[i] = static_cast<float>(plane.data[i]) / 255.F;
  return result;
}

Image withBrightness(const Tensor& brightness, const Image& colours) {
  const auto height = static_cast<int>(brightness.dim(1)), width = static_cast<int>(brightness.dim(2));
  std::vector<cv::Mat> planes = brightnessAndColours(colours);
  planes[0] = cv::Mat(height, width, CV_8UC1);
  for (size_t i = 0; i < brightness.size(); ++i)
    planes[0].data[i] = static_cast<uint8_t>(std::clamp(brightness[i] * 255.F, 0.F, 255.F));
  for (size_t c = 1; c < 3; ++c) {
    cv::Mat enlarged;
    cv::resize(planes[c], enlarged, {width, height}, 0, 0, cv::INTER_CUBIC);
    planes[c] = enlarged;
  }
  cv::Mat joined;
  cv::merge(planes, joined);
  Image result = Image::create(width, height);
  cv::Mat rgb(height, width, CV_8UC3, result.pixels.data());
  cv::cvtColor(joined, rgb, cv::COLOR_YCrCb2RGB);
  return result;
}

}  // namespace lorikeet
