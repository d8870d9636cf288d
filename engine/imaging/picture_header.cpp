#include "imaging/picture_header.h"

#include <fmt/format.h>

#include <climits>
#include <cstdlib>
#include <utility>

#include "imaging/tiff_directory.h"

namespace lorikeet {
namespace {

constexpr std::string_view kPngSignature("\x89PNG\r\n\x1a\n", 8);

void readWebpFrame(Bytes chunk, bool lossless, PictureHeader& header, const std::string& name) {
  if (lossless) {
    if (chunk.size() < 5 || chunk[0] != 0x2f) throwBroken(name, "its WebP header is damaged");
    const uint32_t bits = le32(chunk, 1);
    setPictureSize(header.info, (bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1, name);
    header.info.hasAlpha = ((bits >> 28) & 1) != 0;
  } else {
    if (chunk.size() < 10 || le24(chunk, 3) != 0x2a019d) throwBroken(name, "its WebP header is damaged");
    setPictureSize(header.info, le16(chunk, 6) & 0x3fff, le16(chunk, 8) & 0x3fff, name);
  }
}

PictureHeader readWebp(Bytes bytes, const std::string& name) {
  if (bytes.size() < 20) throwTruncated(name, "it ends inside the header");
  const size_t end = size_t{le32(bytes, 4)} + 8;
  if (end > bytes.size()) throwTruncated(name, fmt::format("{} of {} bytes are there", bytes.size(), end));
  PictureHeader header;
  bool hasFrame = false;
  bool hasCanvas = false;
  for (size_t at = 12; at + 8 <= end;) {
    const size_t length = le32(bytes, at + 4);
    if (length > end - at - 8) throwTruncated(name, "a WebP chunk reaches past the end of the file");
    const Bytes chunk = bytes.subspan(at + 8, length);
    const bool lossless = hasTextAt(bytes, at, "VP8L");
    if (hasTextAt(bytes, at, "VP8X") && length >= 10) {
      if ((chunk[0] & 0x02) != 0) throwUnsupportedPicture(name, "an animated WebP");
      setPictureSize(header.info, le24(chunk, 4) + 1, le24(chunk, 7) + 1, name);
      header.info.hasAlpha = (chunk[0] & 0x10) != 0;
      hasCanvas = true;
    } else if (lossless || hasTextAt(bytes, at, "VP8 ")) {
      if (!hasCanvas) readWebpFrame(chunk, lossless, header, name);
      hasFrame = true;
    } else if (hasTextAt(bytes, at, "EXIF")) {
      header.info.orientation = exifOrientation(chunk);
    }
    at += 8 + length + (length & 1);
  }
  if (!hasFrame) throwBroken(name, "it holds no picture data");
  return header;
}

PictureHeader readBmp(Bytes bytes, const std::string& name) {
  if (bytes.size() < 26) throwTruncated(name, "it ends inside the header");
  PictureHeader header;
  const uint32_t headerSize = le32(bytes, 14);
  uint32_t bitsPerPixel = 0;
  if (headerSize == 12) {
    setPictureSize(header.info, le16(bytes, 18), le16(bytes, 20), name);
    bitsPerPixel = le16(bytes, 24);
  } else {
    if (bytes.size() < 54) throwTruncated(name, "it ends inside the header");
    const int64_t height = static_cast<int32_t>(le32(bytes, 22));
    setPictureSize(header.info, static_cast<int32_t>(le32(bytes, 18)), std::abs(height), name);
    bitsPerPixel = le16(bytes, 28);
    // Only BITMAPV4 and later headers with an alpha bit field say that the fourth byte is opacity.
    header.alphaIsMeant = headerSize >= 108 && bytes.size() >= 70 && le32(bytes, 66) != 0;
  }
  header.info.hasAlpha = bitsPerPixel == 32 && header.alphaIsMeant;
  const bool compressed = headerSize != 12 && (le32(bytes, 30) == 1 || le32(bytes, 30) == 2);
  const uint64_t rowBytes = (uint64_t{bitsPerPixel} * header.info.width + 31) / 32 * 4;
  if (!compressed && le32(bytes, 10) + rowBytes * header.info.height > bytes.size())
    throwTruncated(name, "part of the BMP data is missing");
  return header;
}

PictureHeader readTiff(Bytes bytes, const std::string& name) {
  const auto directory = TiffDirectory::read(bytes);
  if (!directory) throwTruncated(name, "its TIFF directory is missing");
  PictureHeader header;
  setPictureSize(header.info, directory->valueOr(TiffDirectory::kWidth, 0),
                 directory->valueOr(TiffDirectory::kHeight, 0), name);
  header.info.bitsPerChannel = static_cast<int>(directory->valueOr(TiffDirectory::kBitsPerSample, 1));
  header.info.hasAlpha = directory->value(TiffDirectory::kExtraSamples).has_value();
  const uint32_t orientation = directory->valueOr(TiffDirectory::kOrientation, 1);
  header.info.orientation = orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
  if (directory->valueOr(TiffDirectory::kPhotometric, 2) == 5) throwUnsupportedPicture(name, "a CMYK TIFF");
  const uint32_t sampleFormat = directory->valueOr(TiffDirectory::kSampleFormat, 1);
  if (sampleFormat == 2) throwUnsupportedPicture(name, "a TIFF of signed numbers");
  if (sampleFormat == 3) throwUnsupportedPicture(name, "a TIFF of floating-point numbers");
  return header;
}

}  // namespace

std::optional<PictureFormat> detectFormat(Bytes bytes) {
  if (hasTextAt(bytes, 0, kPngSignature)) return PictureFormat::Png;
  if (hasTextAt(bytes, 0, "\xff\xd8\xff")) return PictureFormat::Jpeg;
  if (hasTextAt(bytes, 0, "RIFF") && hasTextAt(bytes, 8, "WEBP")) return PictureFormat::WebP;
  if (hasTextAt(bytes, 0, "BM")) return PictureFormat::Bmp;
  if (hasTextAt(bytes, 0, std::string_view("II*\0", 4)) || hasTextAt(bytes, 0, std::string_view("MM\0*", 4)))
    return PictureFormat::Tiff;
  return std::nullopt;
}

PictureHeader readPictureHeader(Bytes bytes, PictureFormat format, const std::string& name) {
  switch (format) {
    case PictureFormat::Png:
    case PictureFormat::WebP:
      return readWebp(bytes, name);
    case PictureFormat::Bmp:
      return readBmp(bytes, name);
    case PictureFormat::Tiff:
      return readTiff(bytes, name);
    case PictureFormat::Jpeg:
      break;
  }
  std::abort();
}

void setPictureSize(PictureInfo& info, int64_t width, int64_t height, const std::string& name) {
  if (width <= 0 || height <= 0 || width > INT_MAX || height > INT_MAX)
    throwBroken(name, fmt::format("its header says {} x {} pixels", width, height));
  info.width = static_cast<int>(width);
  info.height = static_cast<int>(height);
}

void requireSize(const PictureInfo& info, int64_t width, int64_t height, const std::string& name) {
  if (info.orientation >= 5) std::swap(width, height);
  if (width != info.width || height != info.height)
    throwBroken(name, "its header and its data disagree about the size");
}

void throwTruncated(const std::string& name, std::string_view detail) {
  throw Error(ErrorKind::Corrupt, fmt::format("The picture {} is truncated: {}.", name, detail));
}

void throwBroken(const std::string& name, std::string_view detail) {
  throw Error(ErrorKind::Corrupt, fmt::format("The picture {} is damaged: {}.", name, detail));
}

void throwUnsupportedPicture(const std::string& name, std::string_view what) {
  throw Error(ErrorKind::Unsupported, fmt::format("The picture {} is {}, which Lorikeet does not read.", name, what));
}

}  // namespace lorikeet
