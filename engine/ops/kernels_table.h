#pragma once
// Assembles the table of the including file's instruction set.
#include "ops/kernels_gradient.h"
#include "ops/kernels_integer.h"
#include "ops/kernels_math.h"
#include "ops/kernels_narrow.h"
#include "ops/kernels_rows.h"
#include "ops/kernels_tile.h"
#include "ops/kernels_winograd.h"

namespace lorikeet {
namespace {

constexpr Kernels kTable{kIsa,
                         kTileRows,
                         tile,
                         tileInt16<IntegerLanes>,
                         rowToInt16,
                         panelToInt16,
                         finishTile,
                         finishGegluTile,
                         f16ToF32,
                         bf16ToF32,
                         f32ToF16,
                         f32ToBf16,
                         int8ToF32,
                         largestOfColumns,
                         f32ToInt8,
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
                         winogradWeightsInt16,
                         winogradOutput,
                         activateBackward,
                         geglu,
                         gegluBackward,
                         scoreBackward,
                         normBackwardSums,
                         normBackwardRows,
                         layerNormRowBackward};

/// The table for this processor: with products of 16-bit integers by VNNI, of the class `VnniLanes`, where it has that.
template <typename VnniLanes>
const Kernels& tableOfProcessor() {
  static const Kernels withVnni = [] {
    Kernels table = kTable;
    table.tileInt16 = tileInt16<VnniLanes>;
    return table;
  }();
  return hasVnni(kIsa) ? withVnni : kTable;
}

}  // namespace
}  // namespace lorikeet
