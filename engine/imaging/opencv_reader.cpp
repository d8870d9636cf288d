#include "imaging/opencv_reader.h"

#include <fmt/format.h>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

#include "core/abandonable.h"

namespace lorikeet {
namespace {

uint8_t toByte(uint8_t value) { return value; }
uint8_t toByte(uint16_t value) { return static_cast<uint8_t>((value * 255u + 32767u) / 65535u); }

/// Spreads grey, BGR or BGRA samples of 8 or 16 bits into RGB and opacity.
template <class Sample>
void unpack(const cv::Mat& decoded, DecodedPixels& pixels, const std::stop_token& stop) {
  const int channels = decoded.channels();
  uint8_t* rgb = pixels.image.pixels.data();
  uint8_t* alpha = pixels.alpha.values.data();
  for (int y = 0; y < decoded.rows; ++y) {
    throwIfStopped(stop);
    const auto* sample = decoded.ptr<Sample>(y);
    for (int x = 0; x < decoded.cols; ++x, sample += channels, rgb += 3) {
      const bool grey = channels <= 2;
      rgb[0] = toByte(sample[grey ? 0 : 2]);
      rgb[1] = toByte(sample[grey ? 0 : 1]);
      rgb[2] = toByte(sample[0]);
      if (channels == 2 || channels == 4) *alpha++ = toByte(sample[channels - 1]);
    }
  }
}

template <class Sample>
DecodedPixels convert(const cv::Mat& decoded, const PictureHeader& header, const std::stop_token& stop) {
  DecodedPixels pixels;
  pixels.image = Image::create(decoded.cols, decoded.rows);
  const int channels = decoded.channels();
  const bool hasAlpha = channels == 2 || channels == 4;
  if (hasAlpha) pixels.alpha = Mask::create(decoded.cols, decoded.rows);
  unpack<Sample>(decoded, pixels, stop);
  if (!header.alphaIsMeant) pixels.alpha = {};
  return pixels;
}

cv::Mat decodeAll(Bytes bytes, const std::string& name) {
  try {
    const cv::Mat input(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<uint8_t*>(bytes.data()));
    return cv::imdecode(input, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception& error) {
    if (error.code == cv::Error::StsNoMem)
      throw Error(ErrorKind::OutOfMemory, fmt::format("There is not enough memory to read the picture {}.", name));
    throw Error(ErrorKind::Corrupt, fmt::format("The picture {} is damaged: its data cannot be decoded.", name),
                error.what());
  }
}

/// OpenCV cannot be stopped; where somebody may stop, it works on bytes that outlive the caller.
cv::Mat decodeUntilStop(Bytes bytes, const std::string& name, const std::stop_token& stop,
                        const std::shared_ptr<const void>& owner) {
  if (!stop.stop_possible()) return decodeAll(bytes, name);
  if (owner) return runAbandonable([bytes, owner, name] { return decodeAll(bytes, name); }, stop);
  return runAbandonable(
      [copy = std::vector<uint8_t>(bytes.begin(), bytes.end()), name] { return decodeAll(copy, name); }, stop);
}

}  // namespace

DecodedPixels decodeWithOpenCv(Bytes bytes, const PictureHeader& header, const std::string& name,
                               const std::stop_token& stop, const std::shared_ptr<const void>& owner) {
  static const auto quiet = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  static_cast<void>(quiet);
  const cv::Mat decoded = decodeUntilStop(bytes, name, stop, owner);
  if (decoded.empty()) throwBroken(name, "its data cannot be decoded");
  if (decoded.channels() > 4) throwUnsupportedPicture(name, "a picture of more than four channels");
  if (decoded.depth() == CV_8U) return convert<uint8_t>(decoded, header, stop);
  if (decoded.depth() == CV_16U) return convert<uint16_t>(decoded, header, stop);
  throwUnsupportedPicture(name, "a picture of floating-point or signed numbers");
}

}  // namespace lorikeet
