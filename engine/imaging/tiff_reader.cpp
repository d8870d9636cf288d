#include "imaging/tiff_reader.h"

#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

#include "imaging/picture_header.h"

namespace lorikeet {
namespace {

constexpr tmsize_t kMostMemory = tmsize_t{1} << 30;  // for a strip or a tile

/// What libtiff's callbacks see: the file's bytes, where it reads, and the last error it told of.
struct Source {
  Bytes bytes;
  size_t at = 0;
  char message[200] = {};
};

Source& sourceOf(thandle_t handle) { return *static_cast<Source*>(handle); }

tmsize_t readBytes(thandle_t handle, void* to, tmsize_t count) {
  Source& source = sourceOf(handle);
  const size_t rest = source.bytes.size() - std::min(source.at, source.bytes.size());
  const size_t given = std::min(rest, static_cast<size_t>(count));
  if (given > 0) std::memcpy(to, source.bytes.data() + source.at, given);
  source.at += given;
  return static_cast<tmsize_t>(given);
}

tmsize_t writeNothing(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  Source& source = sourceOf(handle);
  const toff_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source.at : source.bytes.size();
  source.at = from + offset;
  return source.at;
}

int closeNothing(thandle_t) { return 0; }
toff_t sizeOf(thandle_t handle) { return sourceOf(handle).bytes.size(); }

int onError(TIFF*, void* source, const char*, const char* format, va_list arguments) {
  char* message = static_cast<Source*>(source)->message;
  std::vsnprintf(message, sizeof Source::message, format, arguments);
  return 1;
}

int onWarning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

std::unique_ptr<TIFF, decltype(&TIFFClose)> open(Source& source) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                 &TIFFOpenOptionsFree);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMostMemory);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), onError, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), onWarning, nullptr);
  return {TIFFClientOpenExt("picture", "rm", &source, readBytes, writeNothing, seek, closeNothing, sizeOf, nullptr,
                            nullptr, options.get()),
          &TIFFClose};
}

[[noreturn]] void throwTiffError(const std::string& name, const char* message) {
  throwBroken(name, fmt::format("the TIFF decoder says \"{}\"", message));
}

uint16_t fieldOf(TIFF* file, uint32_t tag) {
  uint16_t value = 0;
  TIFFGetFieldDefaulted(file, tag, &value);
  return value;
}

/// Whether the file's colours are multiplied by their opacity. libtiff is told that all are: others it would multiply.
bool takeAsPremultiplied(TIFF* file) {
  uint16_t count = 0;
  uint16_t* kinds = nullptr;
  TIFFGetFieldDefaulted(file, TIFFTAG_EXTRASAMPLES, &count, &kinds);
  if (count == 0) return false;
  std::vector<uint16_t> changed(kinds, kinds + count);
  const bool premultiplied = changed[0] == EXTRASAMPLE_ASSOCALPHA;
  changed[0] = EXTRASAMPLE_ASSOCALPHA;
  TIFFSetField(file, TIFFTAG_EXTRASAMPLES, count, changed.data());
  return premultiplied;
}

uint8_t divided(uint32_t color, uint32_t alpha) {
  return static_cast<uint8_t>(alpha == 0 ? 0 : std::min<uint32_t>(255, (color * 255 + alpha / 2) / alpha));
}

void unpack(const std::vector<uint32_t>& raster, bool premultiplied, DecodedPixels& pixels) {
  uint8_t* rgb = pixels.image.pixels.data();
  for (size_t i = 0; i < raster.size(); ++i, rgb += 3) {
    const uint32_t color[] = {TIFFGetR(raster[i]), TIFFGetG(raster[i]), TIFFGetB(raster[i])};
    const uint32_t alpha = TIFFGetA(raster[i]);
    for (int c = 0; c < 3; ++c) rgb[c] = premultiplied ? divided(color[c], alpha) : static_cast<uint8_t>(color[c]);
    if (!pixels.alpha.empty()) pixels.alpha.values[i] = static_cast<uint8_t>(alpha);
  }
}

/// Grey of 16 bits in rows, which libtiff's conversion would cut down to 8 bits instead of rounding.
bool isDeepGrey(TIFF* file) {
  const uint16_t photometric = fieldOf(file, TIFFTAG_PHOTOMETRIC);
  return fieldOf(file, TIFFTAG_BITSPERSAMPLE) == 16 && fieldOf(file, TIFFTAG_SAMPLESPERPIXEL) == 1 &&
         !TIFFIsTiled(file) && (photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE);
}

bool readDeepGrey(TIFF* file, Image& image) {
  const uint32_t flip = fieldOf(file, TIFFTAG_PHOTOMETRIC) == PHOTOMETRIC_MINISWHITE ? 0xffff : 0;
  std::vector<uint16_t> row(
      std::max(static_cast<size_t>(image.width), static_cast<size_t>(TIFFScanlineSize(file)) / 2));
  uint8_t* rgb = image.pixels.data();
  for (int y = 0; y < image.height; ++y) {
    if (TIFFReadScanline(file, row.data(), static_cast<uint32_t>(y), 0) < 0) return false;
    for (int x = 0; x < image.width; ++x, rgb += 3)
      std::fill_n(rgb, 3, static_cast<uint8_t>(((row[static_cast<size_t>(x)] ^ flip) * 255u + 32767u) / 65535u));
  }
  return true;
}

/// libtiff's own conversion of whatever a TIFF may hold into RGBA.
class Conversion {
 public:
  Conversion(TIFF* file, const std::string& name) {
    char message[1024] = "";
    if (!TIFFRGBAImageOK(file, message))
      throwUnsupportedPicture(name, fmt::format("a TIFF of an odd kind ({})", message));
    if (!TIFFRGBAImageBegin(&image_, file, 1, message)) throwTiffError(name, message);
    image_.req_orientation = image_.orientation;  // so that nothing is turned
  }
  ~Conversion() { TIFFRGBAImageEnd(&image_); }
  Conversion(const Conversion&) = delete;
  Conversion& operator=(const Conversion&) = delete;
  TIFFRGBAImage& operator*() { return image_; }

 private:
  TIFFRGBAImage image_{};
};

}  // namespace

DecodedPixels decodeTiff(Bytes bytes, const PictureHeader& header, const std::string& name) {
  Source source{bytes};
  const auto file = open(source);
  if (!file) throwTiffError(name, source.message);
  const bool premultiplied = takeAsPremultiplied(file.get());
  Conversion conversion(file.get(), name);
  TIFFRGBAImage& image = *conversion;
  requireSize(header.info, image.width, image.height, name);
  DecodedPixels pixels;
  pixels.image = Image::create(static_cast<int>(image.width), static_cast<int>(image.height));
  if (isDeepGrey(file.get())) {
    if (readDeepGrey(file.get(), pixels.image)) return pixels;
    throwTiffError(name, source.message);
  }
  std::vector<uint32_t> raster(size_t{image.width} * image.height);
  if (!TIFFRGBAImageGet(&image, raster.data(), image.width, image.height)) throwTiffError(name, source.message);
  if (image.alpha != 0) pixels.alpha = Mask::create(pixels.image.width, pixels.image.height);
  unpack(raster, premultiplied, pixels);
  return pixels;
}

}  // namespace lorikeet
