#pragma once
#include "lorikeet/image.h"
#include "lorikeet/mask.h"

namespace lorikeet {

/// What a decoder gives: 8-bit RGB and, where the file has it, opacity.
struct DecodedPixels {
  Image image;
  Mask alpha;
};

}  // namespace lorikeet
