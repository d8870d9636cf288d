#include "lorikeet/picture_io.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <system_error>

#include "core/abandonable.h"
#include "imaging/bmp_reader.h"
#include "imaging/jpeg_reader.h"
#include "imaging/orientation.h"
#include "imaging/picture_header.h"
#include "imaging/png_reader.h"
#include "imaging/tiff_reader.h"
#include "imaging/webp_codec.h"

namespace lorikeet {
namespace {

constexpr uintmax_t kMaxFileBytes = uintmax_t{1} << 30;

PictureFormat requireFormat(Bytes bytes, const std::string& name) {
  if (bytes.empty()) throw Error(ErrorKind::Corrupt, fmt::format("The picture {} is empty.", name));
  const auto format = detectFormat(bytes);
  if (!format)
    throw Error(ErrorKind::Unsupported,
                fmt::format("{} is not a picture that Lorikeet reads (PNG, JPEG, WebP, BMP or TIFF).", name));
  return *format;
}

PictureHeader readHeader(Bytes bytes, const std::string& name) {
  const PictureFormat format = requireFormat(bytes, name);
  PictureHeader header;
  if (format == PictureFormat::Jpeg)
    header.info = JpegReader::readInfo(bytes, name);
  else if (format == PictureFormat::Png)
    header.info = PngReader::readInfo(bytes, name);
  else
    header = readPictureHeader(bytes, format, name);
  header.info.format = format;
  if (header.info.orientation >= 5) std::swap(header.info.width, header.info.height);
  return header;
}

void checkLimits(const PictureInfo& info, const PictureLimits& limits, const std::string& name) {
  const int64_t pixels = int64_t{info.width} * info.height;
  if (std::max(info.width, info.height) <= limits.maxSide && pixels <= limits.maxPixels) return;
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("The picture {} is {} x {} pixels, which is too large: at most {} pixels a side and {} "
                          "million pixels are read.",
                          name, info.width, info.height, limits.maxSide, limits.maxPixels / 1'000'000));
}

/// libtiff cannot be stopped; where somebody may stop, it works on bytes that outlive the caller.
DecodedPixels decodeTiffUntilStop(Bytes bytes, const PictureHeader& header, const std::string& name,
                                  const std::stop_token& stop, std::shared_ptr<const void> owner) {
  if (!stop.stop_possible()) return decodeTiff(bytes, header, name);
  if (!owner) {
    auto copy = std::make_shared<std::vector<uint8_t>>(bytes.begin(), bytes.end());
    bytes = *copy;
    owner = std::move(copy);
  }
  return runAbandonable([bytes, owner, header, name] { return decodeTiff(bytes, header, name); }, stop);
}

DecodedPixels decodePixels(Bytes bytes, const PictureHeader& header, const std::string& name,
                           const std::stop_token& stop, const std::shared_ptr<const void>& owner) {
  switch (header.info.format) {
    case PictureFormat::Png:
      return PngReader::decode(bytes, name, stop);
    case PictureFormat::Jpeg:
      return {JpegReader::decode(bytes, name, stop), {}};
    case PictureFormat::WebP:
      return decodeWebP(bytes, header, name, stop);
    case PictureFormat::Bmp:
      return decodeBmp(bytes, header, name, stop);
    case PictureFormat::Tiff:
      break;
  }
  return decodeTiffUntilStop(bytes, header, name, stop, owner);
}

/// Not cleared first: that takes as long as reading.
struct FileBytes {
  std::shared_ptr<uint8_t[]> data;
  size_t size = 0;
};

FileBytes readFile(const std::filesystem::path& file, const std::stop_token& stop) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status))
    throw Error(ErrorKind::NotFound, fmt::format("There is no picture {}.", file.string()));
  if (!std::filesystem::is_regular_file(status))
    throw Error(ErrorKind::Io, fmt::format("{} is not a picture file.", file.string()));
  const uintmax_t byteSize = std::filesystem::file_size(file, error);
  if (error || byteSize > kMaxFileBytes)
    throw Error(ErrorKind::Io, fmt::format("{} is too large for a picture file (over 1 GiB).", file.string()));
  FileBytes bytes{std::make_shared_for_overwrite<uint8_t[]>(byteSize), byteSize};
  std::ifstream stream(file, std::ios::binary);
  constexpr size_t kPortion = size_t{16} << 20;
  for (size_t at = 0; at < bytes.size || at == 0; at += kPortion) {
    throwIfStopped(stop);
    const size_t count = std::min(kPortion, bytes.size - at);
    if (!stream.read(reinterpret_cast<char*>(bytes.data.get() + at), static_cast<std::streamsize>(count)))
      throw Error(ErrorKind::Io, fmt::format("The picture {} cannot be read.", file.string()));
  }
  return bytes;
}

uint8_t luma(const uint8_t* rgb) {
  return static_cast<uint8_t>((rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
}

uint8_t times(int a, int b) { return static_cast<uint8_t>((a * b + 127) / 255); }

/// True when every pixel that can be seen has one brightness: strokes of one colour, or nothing at all.
bool visiblyUniform(const Picture& picture, const std::vector<uint8_t>& brightness) {
  int first = -1;
  for (size_t i = 0; i < brightness.size(); ++i) {
    if (picture.alpha.values[i] == 0) continue;
    if (first < 0) first = brightness[i];
    if (brightness[i] != first) return false;
  }
  return true;
}

Picture decode(Bytes bytes, std::string_view name, const PictureLimits& limits, const std::stop_token& stop,
               const std::shared_ptr<const void>& owner) {
  Picture picture;
  picture.name = name;
  const PictureHeader header = readHeader(bytes, picture.name);
  checkLimits(header.info, limits, picture.name);
  picture.info = header.info;
  DecodedPixels pixels = decodePixels(bytes, header, picture.name, stop, owner);
  throwIfStopped(stop);
  requireSize(picture.info, pixels.image.width, pixels.image.height, picture.name);
  picture.image = applyOrientation(std::move(pixels.image), header.info.orientation);
  picture.alpha = applyOrientation(std::move(pixels.alpha), header.info.orientation);
  if (allMasked(picture.alpha)) picture.alpha = {};
  picture.info.hasAlpha = !picture.alpha.empty();
  return picture;
}

}  // namespace

std::string_view name(PictureFormat format) {
  switch (format) {
    case PictureFormat::Png:
      return "PNG";
    case PictureFormat::Jpeg:
      return "JPEG";
    case PictureFormat::WebP:
      return "WebP";
    case PictureFormat::Bmp:
      return "BMP";
    case PictureFormat::Tiff:
      return "TIFF";
  }
  return "";
}

PictureInfo inspectPicture(Bytes bytes, std::string_view name) { return readHeader(bytes, std::string(name)).info; }

Picture decodePicture(Bytes bytes, std::string_view name, const PictureLimits& limits, const std::stop_token& stop) {
  return decode(bytes, name, limits, stop, nullptr);
}

Picture loadPicture(const std::filesystem::path& file, const PictureLimits& limits, const std::stop_token& stop) {
  const FileBytes bytes = readFile(file, stop);
  return decode({bytes.data.get(), bytes.size}, file.filename().string(), limits, stop, bytes.data);
}

Image flatten(const Picture& picture, std::array<uint8_t, 3> background) {
  if (picture.alpha.empty()) return picture.image;
  if (!anyMasked(picture.alpha))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The picture {} is transparent everywhere: there is nothing to see in it.", picture.name));
  Image flat = picture.image;
  for (size_t i = 0; i < picture.alpha.values.size(); ++i) {
    const int alpha = picture.alpha.values[i];
    for (size_t c = 0; c < 3; ++c) {
      const int sum = flat.pixels[3 * i + c] * alpha + background[c] * (255 - alpha);
      flat.pixels[3 * i + c] = static_cast<uint8_t>((sum + 127) / 255);
    }
  }
  return flat;
}

Mask maskFromPicture(const Picture& picture) {
  Mask mask = Mask::create(picture.image.width, picture.image.height);
  for (size_t i = 0; i < mask.values.size(); ++i) mask.values[i] = luma(&picture.image.pixels[3 * i]);
  if (picture.alpha.empty()) return mask;
  if (visiblyUniform(picture, mask.values)) return picture.alpha;
  for (size_t i = 0; i < mask.values.size(); ++i) mask.values[i] = times(mask.values[i], picture.alpha.values[i]);
  return mask;
}

Mask maskFromTransparency(const Picture& picture) { return picture.alpha.empty() ? Mask{} : invertMask(picture.alpha); }

}  // namespace lorikeet
