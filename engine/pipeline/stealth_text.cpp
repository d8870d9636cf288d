#include <functional>

#include "io/inflate.h"
#include "lorikeet/picture_io.h"
#include "pipeline/settings_readers.h"

namespace lorikeet {
namespace {

constexpr size_t kSignatureLength = 15;
constexpr size_t kMaxTextBytes = size_t{16} << 20;

/// The lowest bits of a picture's pixels as bytes, column by column.
class LowestBits {
 public:
  /// channels 1: the opacity; 3: red, green and blue of each pixel.
  LowestBits(const Picture& picture, int channels) : picture_(picture), channels_(channels) {}

  size_t byteCount() const {
    return static_cast<size_t>(picture_.image.width) * static_cast<size_t>(picture_.image.height) *
           static_cast<size_t>(channels_) / 8;
  }
  std::string read(size_t from, size_t count) const {
    std::string bytes;
    bytes.reserve(count);
    for (size_t i = from; i < from + count; ++i) {
      int byte = 0;
      for (size_t bit = 0; bit < 8; ++bit) byte = byte << 1 | bitAt(i * 8 + bit);
      bytes += static_cast<char>(byte);
    }
    return bytes;
  }

 private:
  int bitAt(size_t index) const {
    const auto channels = static_cast<size_t>(channels_);
    const auto width = static_cast<size_t>(picture_.image.width), height = static_cast<size_t>(picture_.image.height);
    const size_t pixel = index / channels;
    const size_t place = pixel % height * width + pixel / height;
    return channels_ == 1 ? picture_.alpha.values[place] & 1 : picture_.image.pixels[place * 3 + index % channels] & 1;
  }

  const Picture& picture_;
  int channels_;
};

/// Signature, length in bits (32 bits, big-endian), text.
std::optional<std::string> readFrom(const LowestBits& bits, std::string_view kind) {
  constexpr size_t kStart = kSignatureLength + 4;
  if (bits.byteCount() < kStart) return std::nullopt;
  const std::string signature = bits.read(0, kSignatureLength);
  const bool packed = signature == "stealth_" + std::string(kind) + "comp";
  if (!packed && signature != "stealth_" + std::string(kind) + "info") return std::nullopt;
  size_t bitCount = 0;
  for (const char c : bits.read(kSignatureLength, 4)) bitCount = bitCount << 8 | static_cast<unsigned char>(c);
  const size_t length = bitCount / 8;
  if (length > bits.byteCount() - kStart) return std::nullopt;
  std::string text = bits.read(kStart, length);
  return packed ? inflated(text, kMaxTextBytes) : text;
}

}  // namespace

std::optional<std::string> readStealthText(const std::filesystem::path& file) {
  const Picture picture = loadPicture(file);
  if (!picture.alpha.empty())
    if (auto text = readFrom(LowestBits(picture, 1), "png")) return text;
  return readFrom(LowestBits(picture, 3), "rgb");
}

}  // namespace lorikeet
