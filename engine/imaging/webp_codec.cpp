#include "imaging/webp_codec.h"

#include <fmt/format.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include <algorithm>
#include <memory>

#include "core/execution_context.h"

namespace lorikeet {
namespace {

constexpr size_t kBytesBetweenLooks = size_t{1} << 15;  // at the stop token: 10 ms of decoding at most

/// Decodes into `config.output`, a portion of the file at a time.
VP8StatusCode decodePortions(Bytes bytes, WebPDecoderConfig& config, const std::stop_token& stop) {
  const std::unique_ptr<WebPIDecoder, decltype(&WebPIDelete)> decoder(WebPINewDecoder(&config.output), &WebPIDelete);
  if (!decoder) return VP8_STATUS_OUT_OF_MEMORY;
  VP8StatusCode status = VP8_STATUS_SUSPENDED;
  for (size_t seen = 0; status == VP8_STATUS_SUSPENDED && seen < bytes.size();) {
    throwIfStopped(stop);
    seen = std::min(bytes.size(), seen + kBytesBetweenLooks);
    status = WebPIUpdate(decoder.get(), bytes.data(), seen);
  }
  return status;
}

}  // namespace

DecodedPixels decodeWebP(Bytes bytes, const PictureHeader& header, const std::string& name,
                         const std::stop_token& stop) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config) || WebPGetFeatures(bytes.data(), bytes.size(), &config.input) != VP8_STATUS_OK)
    throwBroken(name, "its WebP header is damaged");
  const int width = config.input.width, height = config.input.height;
  requireSize(header.info, width, height, name);
  const size_t count = size_t{static_cast<unsigned>(width)} * static_cast<unsigned>(height);
  DecodedPixels pixels;
  pixels.image = Image::create(width, height);
  const bool hasAlpha = config.input.has_alpha != 0;
  std::vector<uint8_t> rgba(hasAlpha ? 4 * count : 0);
  std::vector<uint8_t>& target = hasAlpha ? rgba : pixels.image.pixels;
  config.output.colorspace = hasAlpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {target.data(), (hasAlpha ? 4 : 3) * width, target.size()};
  const VP8StatusCode status = decodePortions(bytes, config, stop);
  if (status == VP8_STATUS_OUT_OF_MEMORY)
    throw Error(ErrorKind::OutOfMemory, fmt::format("There is not enough memory to read the picture {}.", name));
  if (status != VP8_STATUS_OK) throwBroken(name, "its data cannot be decoded");
  if (!hasAlpha) return pixels;
  pixels.alpha = Mask::create(width, height);
  for (size_t i = 0; i < count; ++i) {
    std::copy_n(&rgba[4 * i], 3, &pixels.image.pixels[3 * i]);
    pixels.alpha.values[i] = rgba[4 * i + 3];
  }
  return pixels;
}

std::vector<std::byte> encodeWebP(const Image& image, int quality) {
  const int stride = 3 * image.width;
  uint8_t* encoded = nullptr;
  const size_t size =
      quality == 100 ? WebPEncodeLosslessRGB(image.pixels.data(), image.width, image.height, stride, &encoded)
                     : WebPEncodeRGB(image.pixels.data(), image.width, image.height, stride, float(quality), &encoded);
  const std::unique_ptr<uint8_t, decltype(&WebPFree)> owner(encoded, &WebPFree);
  const auto* data = reinterpret_cast<const std::byte*>(encoded);
  return {data, data + size};
}

}  // namespace lorikeet
