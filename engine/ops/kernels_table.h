#pragma once
// Assembles the table of the including file's instruction set.
#include "ops/kernels_gradient.h"
#include "ops/kernels_math.h"
#include "ops/kernels_rows.h"
#include "ops/kernels_tile.h"
#include "ops/kernels_winograd.h"

namespace lorikeet {
namespace {

void bf16ToF32(const uint16_t* from, float* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t bits = static_cast<uint32_t>(from[i]) << 16;
    __builtin_memcpy(to + i, &bits, sizeof(bits));
  }
}

constexpr Kernels kTable{kIsa,
                         kTileRows,
                         tile,
                         finishTile,
                         finishGegluTile,
                         f16ToF32,
                         bf16ToF32,
                         f32ToF16,
                         softmaxBlock,
                         scaleRow,
                         expOne,
                         momentsRows,
                         affineRows,
                         layerNormRow,
                         activate,
                         add,
                         addScaled,
                         addProduct,
                         addColumnScaled,
                         winogradInput,
                         winogradWeights,
                         winogradOutput,
                         activateBackward,
                         geglu,
                         gegluBackward,
                         scoreBackward,
                         normBackwardSums,
                         normBackwardRows,
                         layerNormRowBackward};

}  // namespace
}  // namespace lorikeet
