#pragma once
#include <stop_token>
#include <string>

#include "imaging/bytes.h"
#include "imaging/decoded_pixels.h"
#include "lorikeet/picture_io.h"

namespace lorikeet {

/// PNG by libpng, which OpenCV would let print its complaints and whose transparent colours (tRNS) OpenCV drops.
class PngReader {
 public:
  /// Size, bits and orientation; walks the chunks to the end mark, so that a cut file is known before decoding.
  static PictureInfo readInfo(Bytes bytes, const std::string& name);
  /// All pixels, not yet turned by the orientation; 16 bits are rounded to 8. Throws Error(Corrupt).
  static DecodedPixels decode(Bytes bytes, const std::string& name, const std::stop_token& stop = {});
};

}  // namespace lorikeet
