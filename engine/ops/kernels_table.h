#pragma once
// Assembles the table of the including file's instruction set.
#include "ops/kernels_gradient.h"
#include "ops/kernels_math.h"
#include "ops/kernels_narrow.h"
#include "ops/kernels_reduced.h"
#include "ops/kernels_rows.h"
#include "ops/kernels_tile.h"
#include "ops/kernels_winograd.h"

namespace lorikeet {
namespace {

constexpr Kernels kTable{kIsa,
                         kTileRows,
                         tile,
                         {2, 0, reducedTile<Bf16Lanes>, rowToBf16, panelToBf16},
                         {2, 1, reducedTile<Pairs<PairLanes>>, rowToInt16, panelToInt16},
                         {1, 2, reducedTile<Quads<QuadLanes>>, rowToInt8, panelToInt8},
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

/// The table for this processor: with products of integers by VNNI where it has that.
template <class Lanes>
Kernels withVnni(Kernels table) {
  if (!hasVnni(kIsa)) return table;
  table.int16.tile = reducedTile<PairsVnni<Lanes>>;
  table.int8.tile = reducedTile<QuadsVnni<Lanes>>;
  return table;
}

}  // namespace
}  // namespace lorikeet
