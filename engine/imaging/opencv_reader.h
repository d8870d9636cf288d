#pragma once
#include <memory>
#include <stop_token>
#include <string>

#include "imaging/decoded_pixels.h"
#include "imaging/picture_header.h"

namespace lorikeet {

/// WebP, BMP and TIFF pixels by OpenCV; a TIFF's orientation is already applied. Throws Error(Corrupt) or
/// Error(Unsupported), and Stopped as soon as a stop is requested: then work on `bytes` may go on for a while, which
/// `owner` keeps alive; without one they are copied.
DecodedPixels decodeWithOpenCv(Bytes bytes, const PictureHeader& header, const std::string& name,
                               const std::stop_token& stop, const std::shared_ptr<const void>& owner);

}  // namespace lorikeet
