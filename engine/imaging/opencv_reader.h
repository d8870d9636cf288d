#pragma once
#include <string>

#include "imaging/decoded_pixels.h"
#include "imaging/picture_header.h"

namespace lorikeet {

/// WebP, BMP and TIFF pixels by OpenCV; a TIFF's orientation is already applied. Throws Error(Corrupt) or
/// Error(Unsupported).
DecodedPixels decodeWithOpenCv(Bytes bytes, const PictureHeader& header, const std::string& name);

}  // namespace lorikeet
