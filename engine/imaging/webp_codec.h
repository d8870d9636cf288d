#pragma once
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "imaging/decoded_pixels.h"
#include "imaging/picture_header.h"

namespace lorikeet {

/// The still picture of a WebP file. Throws Error(Corrupt), Error(OutOfMemory), and Stopped soon after a stop.
DecodedPixels decodeWebP(Bytes bytes, const PictureHeader& header, const std::string& name,
                         const std::stop_token& stop);
/// A WebP file without metadata; empty when libwebp fails. `quality` 1 to 100, where 100 keeps every pixel.
std::vector<std::byte> encodeWebP(const Image& image, int quality);

}  // namespace lorikeet
