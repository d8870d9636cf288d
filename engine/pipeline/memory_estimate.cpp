#include "pipeline/memory_estimate.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace lorikeet {

int64_t activationBytes(const UNetConfig& unet, const AutoencoderConfig& vae, int width, int height, bool guided,
                        VaeTiling tiling) {
  // The decoder's finest level holds input, output, residual and a normalised copy at once; the UNet about a dozen maps
  // of its finest level (skips of all levels included) per row of the batch.
  constexpr int64_t kDecoderMaps = 5, kUnetMaps = 16;
  const int64_t pixels = int64_t{width} * height;
  const int64_t whole = pixels * vae.channels[std::min<size_t>(1, vae.channels.size() - 1)] * kDecoderMaps;
  // In strips: two 16-bit maps of the finest level, the picture, and the strips themselves.
  constexpr int64_t kStrips = int64_t{24} << 20;
  const int64_t decoder = worksInStrips(tiling, width, height) ? pixels * (vae.channels.front() + 3) + kStrips : whole;
  const int64_t latents = pixels / (int64_t{vae.factor()} * vae.factor());
  const int64_t denoiser = latents * unet.levels.front().channels * kUnetMaps * (guided ? 2 : 1);
  return std::max(decoder, denoiser) * static_cast<int64_t>(sizeof(float));
}

int64_t availableMemoryBytes() {
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  int64_t kilobytes = 0;
  while (file >> key >> kilobytes) {
    std::getline(file, unit);
    if (key == "MemAvailable:") return kilobytes * 1024;
  }
  return std::numeric_limits<int64_t>::max();
}

}  // namespace lorikeet
