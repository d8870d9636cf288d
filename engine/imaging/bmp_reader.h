#pragma once
#include <stop_token>
#include <string>

#include "imaging/decoded_pixels.h"
#include "imaging/picture_header.h"

namespace lorikeet {

/// A Windows or OS/2 bitmap of 1, 4, 8, 16, 24 or 32 bits a pixel, run lengths and bit fields included. Throws
/// Error(Corrupt) or Error(Unsupported), and Stopped soon after a stop.
DecodedPixels decodeBmp(Bytes bytes, const PictureHeader& header, const std::string& name, const std::stop_token& stop);

}  // namespace lorikeet
