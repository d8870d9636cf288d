#pragma once
#include <stop_token>
#include <string>

#include "imaging/bytes.h"
#include "lorikeet/picture_io.h"

namespace lorikeet {

/// JPEG by libjpeg itself, whose silent repairs (a cut file shows grey below the cut) are errors here. CMYK and YCCK
/// are converted as Pillow does (Adobe's inverted values).
class JpegReader {
 public:
  /// Size, bits and EXIF orientation from the markers before the picture data; sizes are before orientation.
  static PictureInfo readInfo(Bytes bytes, const std::string& name);
  /// All pixels, not yet turned by the orientation. Throws Error(Corrupt) when any of the picture data is missing.
  static Image decode(Bytes bytes, const std::string& name, const std::stop_token& stop = {});
};

}  // namespace lorikeet
