#include <fmt/format.h>
#include <lorikeet/picture_io.h>

#include "imaging/picture_encoder.h"
#include "io/atomic_file.h"
#include "io/lower_extension.h"
#include "io/picture_metadata.h"
#include "io/png_text.h"

namespace lorikeet {

PictureFormat pictureFormatOf(const std::filesystem::path& file) {
  const std::string extension = lowerExtension(file);
  if (extension == ".png") return PictureFormat::Png;
  if (extension == ".jpg" || extension == ".jpeg") return PictureFormat::Jpeg;
  if (extension == ".webp") return PictureFormat::WebP;
  throw Error(ErrorKind::Unsupported,
              fmt::format("Pictures are written as PNG, JPEG or WebP; \"{}\" should end in .png, .jpg or .webp.",
                          file.string()));
}

void savePicture(const std::filesystem::path& file, const Image& image, const PictureText& text, int quality) {
  const PictureFormat format = pictureFormatOf(file);
  if (quality < 1 || quality > 100)
    throw Error(ErrorKind::InvalidArgument, fmt::format("The quality is {}; it must lie between 1 and 100.", quality));
  const std::string xmp = text.isGenerated ? generatedPictureXmp() : std::string();
  if (format == PictureFormat::Png) {
    ImageText texts;
    if (!text.settings.empty()) texts.emplace_back("parameters", text.settings);
    if (!xmp.empty()) texts.emplace_back("XML:com.adobe.xmp", xmp);
    return writeFileAtomically(file, encodePng(image, texts));
  }
  writeFileAtomically(file, withMetadata(encodePicture(image, format, quality), {text.settings, xmp}));
}

}  // namespace lorikeet
