#include <fmt/format.h>
#include <png.h>

#include <lorikeet/error.h>
#include <optional>

#include "core/check.h"
#include "io/atomic_file.h"
#include "io/png_chunks.h"
#include "io/png_text.h"
#include "io/utf8.h"

namespace lorikeet {
namespace {

/// The picture alone, by libpng.
std::vector<std::byte> encodePixels(const Image& image) {
  png_image description = {};
  description.version = PNG_IMAGE_VERSION;
  description.width = static_cast<png_uint_32>(image.width);
  description.height = static_cast<png_uint_32>(image.height);
  description.format = PNG_FORMAT_RGB;
  const auto fail = [&] {
    throw Error(ErrorKind::Io, fmt::format("The picture cannot be packed as PNG: {}.", description.message));
  };
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(description);
  std::vector<std::byte> file(size);
  if (png_image_write_to_memory(&description, file.data(), &size, 0, image.pixels.data(), image.width * 3, nullptr) ==
      0)
    fail();
  file.resize(size);
  return file;
}

std::string keyOf(const std::string& key) {
  const auto latin1 = utf8ToLatin1(key);
  if (!latin1 || latin1->empty() || latin1->size() > 79 || latin1->find('\0') != std::string::npos)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("\"{}\" cannot be the key of a PNG text: 1 to 79 Latin-1 characters.", key));
  return *latin1;
}

/// tEXt where every reader will understand the value as it was meant, otherwise iTXt. Latin-1 bytes that happen to be
/// valid UTF-8 would be misread by those who expect UTF-8 (readPngText among them).
void appendText(std::vector<std::byte>& file, const std::string& key, const std::string& value) {
  const std::string text = isValidUtf8(value) ? value : latin1ToUtf8(value);
  const auto latin1 = utf8ToLatin1(text);
  const bool hasNul = text.find('\0') != std::string::npos;
  const bool isXmp = key == "XML:com.adobe.xmp";  // which is iTXt by its definition
  if (!isXmp && latin1 && !hasNul && (*latin1 == text || !isValidUtf8(*latin1))) {
    appendPngChunk(file, "tEXt", keyOf(key) + '\0' + *latin1);
  } else {
    using namespace std::string_literals;
    appendPngChunk(file, "iTXt", keyOf(key) + "\0\0\0\0\0"s + text);
  }
}

}  // namespace

std::vector<std::byte> encodePng(const Image& image, const ImageText& text) {
  if (image.width <= 0 || image.height <= 0)
    throw Error(ErrorKind::InvalidArgument, "The picture to save has no pixels.");
  CHECK(image.pixels.size() == static_cast<size_t>(image.width) * static_cast<size_t>(image.height) * 3);
  const std::vector<std::byte> pixels = encodePixels(image);
  const auto header = pngChunkAt(pixels, kPngSignatureSize);
  CHECK(header && header->type == "IHDR");
  std::vector<std::byte> file(pixels.begin(), pixels.begin() + static_cast<std::ptrdiff_t>(header->end));
  for (const auto& [key, value] : text) appendText(file, key, value);
  file.insert(file.end(), pixels.begin() + static_cast<std::ptrdiff_t>(header->end), pixels.end());
  return file;
}

void savePng(const std::filesystem::path& file, const Image& image, const ImageText& text) {
  writeFileAtomically(file, encodePng(image, text));
}

}  // namespace lorikeet
