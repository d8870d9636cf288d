#include "imaging/png_reader.h"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <climits>
#include <csetjmp>
#include <cstdio>

#include "core/execution_context.h"
#include "imaging/picture_header.h"
#include "imaging/tiff_directory.h"

namespace lorikeet {
namespace {

constexpr int kRowsBetweenLooks = 16;         // at the stop token
constexpr int kGreyAlpha = 4, kRgbAlpha = 6;  // PNG colour types

void readStart(Bytes bytes, PictureInfo& info, const std::string& name) {
  if (bytes.size() < 33) throwTruncated(name, "it ends inside the header");
  if (!hasTextAt(bytes, 12, "IHDR")) throwBroken(name, "the PNG header chunk is missing");
  setPictureSize(info, be32(bytes, 16), be32(bytes, 20), name);
  info.bitsPerChannel = bytes[24];
  info.hasAlpha = bytes[25] == kGreyAlpha || bytes[25] == kRgbAlpha;
}

/// libpng's callbacks jump back to the caller; the functions that call setjmp hold no objects with destructors.
struct PngDecoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Bytes rest;
  char message[160] = {};
  int channels = 0;
  int passes = 1;
  const std::stop_token* stop = nullptr;
  bool stopped = false;

  PngDecoder() = default;
  ~PngDecoder() { png_destroy_read_struct(&png, &info, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
};

[[noreturn]] void onError(png_structp png, png_const_charp text) {
  auto* decoder = static_cast<PngDecoder*>(png_get_error_ptr(png));
  std::snprintf(decoder->message, sizeof decoder->message, "%s", text);
  png_longjmp(png, 1);
}

void onWarning(png_structp, png_const_charp) {}

void onRead(png_structp png, png_bytep target, size_t count) {
  auto* decoder = static_cast<PngDecoder*>(png_get_io_ptr(png));
  if (count > decoder->rest.size()) png_error(png, "the file ends too early");
  std::copy_n(decoder->rest.data(), count, target);
  decoder->rest = decoder->rest.subspan(count);
}

/// Reads the header and asks for 8-bit RGB or RGBA.
bool start(PngDecoder& d) {
  d.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &d, onError, onWarning);
  d.info = d.png != nullptr ? png_create_info_struct(d.png) : nullptr;
  if (d.info == nullptr) return false;
  if (setjmp(png_jmpbuf(d.png)) != 0) return false;
  png_set_read_fn(d.png, &d, onRead);
  png_set_user_limits(d.png, PNG_USER_WIDTH_MAX, PNG_USER_HEIGHT_MAX);
  png_read_info(d.png, d.info);
  png_set_expand(d.png);
  png_set_scale_16(d.png);
  png_set_gray_to_rgb(d.png);
  d.passes = png_set_interlace_handling(d.png);
  png_read_update_info(d.png, d.info);
  d.channels = png_get_channels(d.png, d.info);
  return true;
}

bool readRows(PngDecoder& d, uint8_t* pixels, int height, size_t rowBytes) {
  if (setjmp(png_jmpbuf(d.png)) != 0) return false;
  for (int pass = 0; pass < d.passes; ++pass)
    for (int y = 0; y < height; ++y) {
      d.stopped = y % kRowsBetweenLooks == 0 && d.stop->stop_requested();
      if (d.stopped) return false;
      png_read_row(d.png, pixels + rowBytes * static_cast<size_t>(y), nullptr);
    }
  png_read_end(d.png, nullptr);
  return true;
}

[[noreturn]] void throwPngError(const PngDecoder& d, const std::string& name) {
  throwBroken(name, fmt::format("the PNG decoder says \"{}\"", d.message));
}

DecodedPixels split(const std::vector<uint8_t>& rgba, int width, int height) {
  DecodedPixels result{Image::create(width, height), Mask::create(width, height)};
  const uint8_t* in = rgba.data();
  for (size_t i = 0; i < result.alpha.values.size(); ++i, in += 4) {
    std::copy_n(in, 3, &result.image.pixels[3 * i]);
    result.alpha.values[i] = in[3];
  }
  return result;
}

}  // namespace

PictureInfo PngReader::readInfo(Bytes bytes, const std::string& name) {
  PictureInfo info;
  readStart(bytes, info, name);
  bool hasData = false;
  for (size_t at = 8;;) {
    if (at + 12 > bytes.size()) throwTruncated(name, "the PNG end mark is missing");
    const size_t length = be32(bytes, at);
    if (length > bytes.size() - at - 12) throwTruncated(name, "a PNG chunk reaches past the end of the file");
    if (hasTextAt(bytes, at + 4, "IEND")) break;
    if (hasTextAt(bytes, at + 4, "IDAT")) hasData = true;
    if (hasTextAt(bytes, at + 4, "tRNS")) info.hasAlpha = true;
    if (hasTextAt(bytes, at + 4, "eXIf")) info.orientation = exifOrientation(bytes.subspan(at + 8, length));
    at += length + 12;
  }
  if (!hasData) throwBroken(name, "it holds no picture data");
  return info;
}

DecodedPixels PngReader::decode(Bytes bytes, const std::string& name, const std::stop_token& stop) {
  PngDecoder d;
  d.stop = &stop;
  d.rest = bytes;
  if (!start(d)) throwPngError(d, name);
  const int width = static_cast<int>(png_get_image_width(d.png, d.info));
  const int height = static_cast<int>(png_get_image_height(d.png, d.info));
  if (d.channels != 3 && d.channels != 4) throwUnsupportedPicture(name, "a PNG of an unknown colour type");
  std::vector<uint8_t> pixels(static_cast<size_t>(width) * height * d.channels);
  if (!readRows(d, pixels.data(), height, static_cast<size_t>(width) * d.channels)) {
    if (d.stopped) throw Stopped();
    throwPngError(d, name);
  }
  if (d.channels == 3) return {{width, height, std::move(pixels)}, {}};
  return split(pixels, width, height);
}

}  // namespace lorikeet
