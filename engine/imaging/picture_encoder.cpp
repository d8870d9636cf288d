#include "imaging/picture_encoder.h"

#include <fmt/format.h>

#include "core/check.h"
#include "imaging/jpeg_writer.h"
#include "imaging/webp_codec.h"

namespace lorikeet {

std::vector<std::byte> encodePicture(const Image& image, PictureFormat format, int quality) {
  CHECK(format == PictureFormat::Jpeg || format == PictureFormat::WebP);
  CHECK(quality >= 1 && quality <= 100);
  const int most = format == PictureFormat::WebP ? 16383 : 65535;
  if (image.width > most || image.height > most)
    throw Error(ErrorKind::InvalidArgument, fmt::format("A {} picture has at most {} pixels a side, this one {}x{}.",
                                                        name(format), most, image.width, image.height));
  std::vector<std::byte> encoded =
      format == PictureFormat::WebP ? encodeWebP(image, quality) : encodeJpeg(image, quality);
  if (encoded.empty()) throw Error(ErrorKind::Io, fmt::format("The picture cannot be packed as {}.", name(format)));
  return encoded;
}

}  // namespace lorikeet
