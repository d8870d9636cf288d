#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "lorikeet/picture_io.h"
#include "support/golden.h"

namespace lorikeet::testing {

inline std::vector<uint8_t> readBytes(const std::filesystem::path& path) {
  const std::string text = readFile(path);
  return {text.begin(), text.end()};
}

/// The samples of a plain PPM (P6) or PGM (P5) file as the golden scripts write them.
inline std::vector<uint8_t> readPnm(const std::filesystem::path& path) {
  const std::string text = readFile(path);
  std::istringstream header(text);
  std::string kind;
  int width = 0, height = 0, maximum = 0;
  header >> kind >> width >> height >> maximum;
  const auto count = static_cast<size_t>(width) * static_cast<size_t>(height) * (kind == "P6" ? 3 : 1);
  EXPECT_TRUE(maximum == 255 && text.size() >= count) << path;
  return {text.end() - static_cast<std::ptrdiff_t>(count), text.end()};
}

inline Image loadImage(const std::filesystem::path& path) { return loadPicture(path).image; }
inline Mask loadMask(const std::filesystem::path& path) { return maskFromPicture(loadPicture(path)); }

/// Largest difference of two runs of bytes; 256 when their lengths differ.
inline int maxDifference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  if (a.size() != b.size()) return 256;
  int worst = 0;
  for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(int{a[i]} - int{b[i]}));
  return worst;
}

inline double meanDifference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  if (a.size() != b.size() || a.empty()) return 256;
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
  return sum / static_cast<double>(a.size());
}

/// Peak signal-to-noise ratio in dB.
inline double psnr(const Image& a, const Image& b) {
  EXPECT_EQ(a.pixels.size(), b.pixels.size());
  double sum = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) sum += std::pow(a.pixels[i] - b.pixels[i], 2);
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.pixels.size()) / std::max(sum, 1e-9));
}

inline Image randomImage(int width, int height, unsigned seed) {
  std::mt19937 generator(seed);
  Image image = Image::create(width, height);
  for (uint8_t& v : image.pixels) v = static_cast<uint8_t>(generator());
  return image;
}

inline Image solidImage(int width, int height, uint8_t red, uint8_t green, uint8_t blue) {
  Image image = Image::create(width, height);
  for (size_t i = 0; i < image.pixels.size(); i += 3) {
    image.pixels[i] = red;
    image.pixels[i + 1] = green;
    image.pixels[i + 2] = blue;
  }
  return image;
}

/// A mask with one filled disc.
inline Mask discMask(int width, int height, int centreX, int centreY, int radius, uint8_t value = 255) {
  Mask mask = Mask::create(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      if ((x - centreX) * (x - centreX) + (y - centreY) * (y - centreY) <= radius * radius)
        mask.values[static_cast<size_t>(y) * width + x] = value;
  return mask;
}

}  // namespace lorikeet::testing
