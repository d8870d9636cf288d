#pragma once
#include <optional>
#include <string>

#include "imaging/bytes.h"
#include "lorikeet/picture_io.h"

namespace lorikeet {

/// What the containers of WebP, BMP and TIFF files say, and that they are complete.
struct PictureHeader {
  PictureInfo info;
  bool alphaIsMeant = true;  ///< false where a fourth channel is only padding (BMP)
};

/// By the first bytes; nothing for formats that are not read.
std::optional<PictureFormat> detectFormat(Bytes bytes);
/// Throws Error(Corrupt) or Error(Unsupported) with the name. Not for PNG and JPEG: see their readers.
PictureHeader readPictureHeader(Bytes bytes, PictureFormat format, const std::string& name);

/// Notes a size; throws Error(Corrupt) for one that is not positive or does not fit.
void setPictureSize(PictureInfo& info, int64_t width, int64_t height, const std::string& name);
/// Throws Error(Corrupt) unless a decoder's size, before the picture is turned, is the one that the header gave.
void requireSize(const PictureInfo& info, int64_t width, int64_t height, const std::string& name);
/// The errors that every reader of pictures gives.
[[noreturn]] void throwTruncated(const std::string& name, std::string_view detail);
[[noreturn]] void throwBroken(const std::string& name, std::string_view detail);
[[noreturn]] void throwUnsupportedPicture(const std::string& name, std::string_view what);

}  // namespace lorikeet
