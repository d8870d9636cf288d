#include "ops/winograd_integer.h"

namespace lorikeet::winograd {

void IntegerTiles::store(int64_t tile, int64_t begin, int64_t count, const float* block) const {
  for (int plane = 0; plane < kPlanes; ++plane)
    kernels().rowToInt16(block + plane * kIntegerBlock, count, values(plane, tile) + begin,
                         scales(plane, tile) + begin / kIntegerBlock);
}

void IntegerWeights::store(int64_t begin, int64_t count, const float* transformed) const {
  auto* values = reinterpret_cast<int16_t*>(memory);
  float* scales = memory + kPlanes * channels / 2 * kPanelWidth;
  for (int plane = 0; plane < kPlanes; ++plane)
    kernels().panelToInt16(transformed + plane * count * kPanelWidth, count,
                           values + (plane * channels + begin) * kPanelWidth,
                           scales + (plane * integerBlocks(channels) + begin / kIntegerBlock) * kPanelWidth);
}

}  // namespace lorikeet::winograd
