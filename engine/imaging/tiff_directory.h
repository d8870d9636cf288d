#pragma once
#include <cstdint>
#include <map>
#include <optional>

#include "imaging/bytes.h"

namespace lorikeet {

/// The first directory of a TIFF structure, which is what EXIF blocks and TIFF files begin with: the first value of
/// each tag of type BYTE, SHORT or LONG. TIFF 6.0, section 2.
class TiffDirectory {
 public:
  static constexpr uint32_t kWidth = 256, kHeight = 257, kBitsPerSample = 258, kPhotometric = 262, kOrientation = 274,
                            kSamplesPerPixel = 277, kExtraSamples = 338, kSampleFormat = 339;

  /// Nothing when the bytes are no TIFF structure or the directory lies outside them.
  static std::optional<TiffDirectory> read(Bytes bytes);
  std::optional<uint32_t> value(uint32_t tag) const;
  uint32_t valueOr(uint32_t tag, uint32_t other) const { return value(tag).value_or(other); }

 private:
  std::map<uint32_t, uint32_t> values_;
};

/// The orientation 1..8 that an EXIF block states, 1 where it states none or nonsense.
int exifOrientation(Bytes exif);

}  // namespace lorikeet
