#pragma once
#include <cstddef>
#include <vector>

#include "lorikeet/image.h"

namespace lorikeet {

/// A JPEG file without metadata, colours at half the resolution; empty when libjpeg fails. `quality` 1 to 100.
std::vector<std::byte> encodeJpeg(const Image& image, int quality);

}  // namespace lorikeet
