#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace lorikeet {

/// An 8-bit RGB picture, rows top to bottom without padding: pixels[(y * width + x) * 3 + channel]. A value.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels;

  bool empty() const { return pixels.empty(); }
  bool operator==(const Image&) const = default;
  static Image create(int width, int height) {
    return {width, height, std::vector<uint8_t>(static_cast<size_t>(width) * height * 3)};
  }
};

/// Key and value pairs for the text chunks of a PNG, for example {"parameters", "a red fox\nSteps: 20, ..."}.
using ImageText = std::vector<std::pair<std::string, std::string>>;

/// Writes a PNG beside the target and renames it when it is complete and on disk. Throws Error(Io).
void savePng(const std::filesystem::path& file, const Image& image, const ImageText& text = {});

}  // namespace lorikeet
