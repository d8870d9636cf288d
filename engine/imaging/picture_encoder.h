#pragma once
#include <lorikeet/picture_io.h>

#include <cstddef>
#include <vector>

namespace lorikeet {

/// A whole JPEG or WebP file in memory, without any metadata. `quality` 1 to 100; 100 is lossless in WebP. Throws
/// Error(InvalidArgument) for pictures that the format cannot hold (WebP: 16383 pixels a side, JPEG: 65535), Error(Io)
/// if it fails.
std::vector<std::byte> encodePicture(const Image& image, PictureFormat format, int quality);

}  // namespace lorikeet
