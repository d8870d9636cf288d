#include "ops/winograd_integer.h"

namespace lorikeet::winograd {

void IntegerTiles::store(int64_t tile, int64_t begin, int64_t count, const float* block) const {
  for (int plane = 0; plane < kPlanes; ++plane)
    kernels().int16.row(block + plane * kIntegerBlock, count, values(plane, tile, begin),
                        scales(plane, tile) + begin / kIntegerBlock);
}

WinogradIntegers IntegerWeights::block(int64_t begin) const {
  return {reinterpret_cast<int16_t*>(memory) + begin * kPanelWidth, channels * kPanelWidth,
          memory + (kPlanes * channels / 2 + begin / kIntegerBlock) * kPanelWidth,
          integerBlocks(channels) * kPanelWidth};
}

}  // namespace lorikeet::winograd
