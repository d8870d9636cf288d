#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "lorikeet/error.h"
#include "lorikeet/image.h"
#include "lorikeet/mask.h"

namespace lorikeet {

enum class PictureFormat { Png, Jpeg, WebP, Bmp, Tiff };
std::string_view name(PictureFormat format);

/// What a picture file says of itself before any pixel is decoded.
struct PictureInfo {
  PictureFormat format = PictureFormat::Png;
  int width = 0;           ///< pixels as shown, after the EXIF orientation
  int height = 0;          ///< pixels as shown
  int bitsPerChannel = 8;  ///< as stored: 1..16
  int orientation = 1;     ///< EXIF 1..8; already applied to what decodePicture returns
  bool hasAlpha = false;
};

/// The largest picture that is read, checked before decoding.
struct PictureLimits {
  int maxSide = 16384;  ///< pixels
  int64_t maxPixels = 128'000'000;
};

/// A picture as read: 8-bit RGB (grey, palette, 16-bit and CMYK converted, EXIF orientation applied) and, apart from
/// it, its opacity. Colours are not multiplied with the opacity.
struct Picture {
  std::string name;  ///< for messages: the file's name
  Image image;
  Mask alpha;  ///< 255 opaque, 0 transparent; empty when the picture is opaque everywhere
  PictureInfo info;
};

/// Reads the header only. Every function here throws Error: NotFound or Io for a file that cannot be read, Corrupt for
/// truncated or broken data, Unsupported for formats and kinds that are not read, InvalidArgument beyond the limits.
PictureInfo inspectPicture(std::span<const uint8_t> bytes, std::string_view name);
/// Decodes PNG, JPEG, WebP, BMP and TIFF. `name` stands in messages. Damaged data is refused, never half shown. A stop
/// is answered soon, by an exception that is no Error.
Picture decodePicture(std::span<const uint8_t> bytes, std::string_view name, const PictureLimits& limits = {},
                      const std::stop_token& stop = {});
Picture loadPicture(const std::filesystem::path& file, const PictureLimits& limits = {},
                    const std::stop_token& stop = {});

/// The picture laid over a background, as people see it. Throws Error(InvalidArgument) when nothing of it is visible.
Image flatten(const Picture& picture, std::array<uint8_t, 3> background = {255, 255, 255});
/// The mask that a mask picture means: its brightness (Pillow's luma); where it has opacity, strokes of one colour on a
/// transparent layer count by their opacity, other colours by brightness times opacity.
Mask maskFromPicture(const Picture& picture);
/// The mask that repaints what is transparent in the picture; empty values when the picture is opaque.
Mask maskFromTransparency(const Picture& picture);

/// What a saved picture says of itself; nothing of it for people who keep that private.
struct PictureText {
  std::string settings;      ///< an infotext (toInfotext): PNG text "parameters", EXIF UserComment; may be empty
  bool isGenerated = false;  ///< adds IPTC's digital source type "trained algorithmic media" (XMP)
};

constexpr int kUsualQuality = 92;
/// The format that a file name asks for: .png, .jpg, .jpeg or .webp. Throws Error(Unsupported) for others.
PictureFormat pictureFormatOf(const std::filesystem::path& file);
/// Writes a picture in the format of its name, beside the target, and renames it when it is complete and on disk.
/// `quality`, 1 to 100, is for JPEG and WebP (100: lossless). Throws Error(Io | Unsupported | InvalidArgument).
void savePicture(const std::filesystem::path& file, const Image& image, const PictureText& text,
                 int quality = kUsualQuality);

}  // namespace lorikeet
