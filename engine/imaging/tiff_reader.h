#pragma once
#include <string>

#include "imaging/decoded_pixels.h"
#include "imaging/picture_header.h"

namespace lorikeet {

/// The first picture of a TIFF file as it is stored, not turned by its orientation. Throws Error(Corrupt),
/// Error(Unsupported).
DecodedPixels decodeTiff(Bytes bytes, const PictureHeader& header, const std::string& name);

}  // namespace lorikeet
