#include "imaging/picture_encoder.h"

#include <fmt/format.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/check.h"

namespace lorikeet {
namespace {

/// OpenCV takes values above 100 for lossless.
std::vector<int> parameters(PictureFormat format, int quality) {
  if (format == PictureFormat::WebP) return {cv::IMWRITE_WEBP_QUALITY, quality == 100 ? 101 : quality};
  return {cv::IMWRITE_JPEG_QUALITY, quality};
}

}  // namespace

std::vector<std::byte> encodePicture(const Image& image, PictureFormat format, int quality) {
  CHECK(format == PictureFormat::Jpeg || format == PictureFormat::WebP);
  CHECK(quality >= 1 && quality <= 100);
  const int most = format == PictureFormat::WebP ? 16383 : 65535;
  if (image.width > most || image.height > most)
    throw Error(ErrorKind::InvalidArgument, fmt::format("A {} picture has at most {} pixels a side, this one {}x{}.",
                                                        name(format), most, image.width, image.height));
  std::vector<uint8_t> encoded;
  bool done = false;
  try {
    const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.pixels.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    done = cv::imencode(format == PictureFormat::WebP ? ".webp" : ".jpg", bgr, encoded, parameters(format, quality));
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::Io, fmt::format("The picture cannot be packed as {}.", name(format)), error.what());
  }
  if (!done) throw Error(ErrorKind::Io, fmt::format("The picture cannot be packed as {}.", name(format)));
  const auto* data = reinterpret_cast<const std::byte*>(encoded.data());
  return {data, data + encoded.size()};
}

}  // namespace lorikeet
