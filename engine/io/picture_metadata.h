#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// What a picture file carries beside its pixels.
struct PictureMetadata {
  std::string comment;  ///< UTF-8, becomes EXIF's UserComment as A1111 writes and reads it (UTF-16); empty: none
  std::string xmp;      ///< an XMP packet, UTF-8; empty: none

  bool empty() const { return comment.empty() && xmp.empty(); }
};

/// The packet that calls a picture made by a trained model: Iptc4xmpExt:DigitalSourceType with IPTC's term
/// trainedAlgorithmicMedia (cv.iptc.org/newscodes/digitalsourcetype).
std::string generatedPictureXmp();

/// Puts metadata into an encoded JPEG or WebP file that has none yet: segments APP1 before all others (EXIF 2.32, 4.7),
/// chunks EXIF and XMP behind the picture of an extended WebP (RFC 9649). The pixels keep their bytes. Throws
/// Error(InvalidArgument) where the comment does not fit: a JPEG segment holds 64 KiB.
std::vector<std::byte> withMetadata(std::span<const std::byte> file, const PictureMetadata& metadata);

}  // namespace lorikeet
