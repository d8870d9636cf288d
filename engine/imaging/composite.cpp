#include "imaging/composite.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/check.h"
#include "imaging/resize.h"

namespace lorikeet {
namespace {

constexpr int kFewestRingPixels = 16;

bool sameSize(const Image& a, const Image& b) { return a.width == b.width && a.height == b.height; }
bool sameSize(const Image& a, const Mask& b) { return a.width == b.width && a.height == b.height; }

struct Moments {
  double mean = 0;
  double deviation = 0;
};

Moments momentsOf(const Image& image, const std::vector<size_t>& pixels, size_t channel) {
  double sum = 0;
  double squares = 0;
  for (const size_t i : pixels) {
    const double v = image.pixels[3 * i + channel];
    sum += v;
    squares += v * v;
  }
  const auto count = static_cast<double>(pixels.size());
  const double mean = sum / count;
  return {mean, std::sqrt(std::max(0.0, squares / count - mean * mean))};
}

/// Unmasked pixels near the mask.
std::vector<size_t> ringPixels(const Mask& mask, int width, const std::stop_token& stop) {
  Mask any = mask;
  for (uint8_t& v : any.values) v = v > 0 ? 255 : 0;
  const Mask grown = growMask(any, width, stop);
  std::vector<size_t> pixels;
  for (size_t i = 0; i < any.values.size(); ++i)
    if (any.values[i] == 0 && grown.values[i] != 0) pixels.push_back(i);
  return pixels;
}

std::array<uint8_t, 256> transferTable(const Moments& from, const Moments& to) {
  const double ratio = from.deviation > 1 && to.deviation > 1 ? to.deviation / from.deviation : 1;
  const double gain = std::clamp(ratio, 0.8, 1.25);
  std::array<uint8_t, 256> table{};
  for (int v = 0; v < 256; ++v)
    table[v] = static_cast<uint8_t>(std::lround(std::clamp((v - from.mean) * gain + to.mean, 0.0, 255.0)));
  return table;
}

}  // namespace

Image compositeMasked(const Image& source, const Image& painted, const Mask& mask) {
  CHECK(sameSize(source, painted) && sameSize(source, mask));
  Image result = source;
  for (size_t i = 0; i < mask.values.size(); ++i) {
    const int m = mask.values[i];
    if (m == 0) continue;
    for (size_t c = 3 * i; c < 3 * i + 3; ++c)
      result.pixels[c] = static_cast<uint8_t>((source.pixels[c] * (255 - m) + painted.pixels[c] * m + 127) / 255);
  }
  return result;
}

Image pasteMaskedArea(const Image& source, const Image& painted, const Rect& area, const Mask& mask) {
  CHECK(sameSize(source, mask));
  Image result = source;
  const Image scaled = resizeImage(painted, area.width, area.height);
  pasteImage(result, compositeMasked(cropImage(source, area), scaled, cropMask(mask, area)), area.x, area.y);
  return result;
}

Image matchSeamColours(const Image& source, const Image& painted, const Mask& mask, const std::stop_token& stop,
                       int ringWidth) {
  CHECK(sameSize(source, painted) && sameSize(source, mask));
  const std::vector<size_t> ring = ringPixels(mask, ringWidth, stop);
  if (ring.size() < kFewestRingPixels) return painted;
  Image result = painted;
  for (size_t c = 0; c < 3; ++c) {
    const auto table = transferTable(momentsOf(painted, ring, c), momentsOf(source, ring, c));
    for (size_t i = c; i < result.pixels.size(); i += 3) result.pixels[i] = table[result.pixels[i]];
  }
  return result;
}

}  // namespace lorikeet
