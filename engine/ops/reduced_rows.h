#pragma once
#include <cstdint>

#include "core/execution_context.h"
#include "core/tensor.h"
#include "ops/kernels.h"

namespace lorikeet {

/// Blocks of kIntegerBlock values, the last one perhaps shorter.
constexpr int64_t integerBlocks(int64_t depth) { return (depth + kIntegerBlock - 1) / kIntegerBlock; }

/// The left operand of a product in fewer bits: rows of f32 as ReducedKernels::row makes them, and one of zeros.
class ReducedRows {
 public:
  /// data: [rows, depth], contiguous; depth a multiple of the kernels' values a lane.
  ReducedRows(const ExecutionContext& context, const ReducedKernels& kernels, const float* data, int64_t rows,
              int64_t depth);

  /// Points entry `to` of a tile at columns [begin, ...) of a row, or at zeros where `row` is -1; begin is a multiple
  /// of kIntegerBlock.
  void point(ReducedTileRows& tile, int to, int64_t row, int64_t begin) const {
    const int64_t at = row < 0 ? rows_ : row;
    tile.values[to] = values() + (at * depth_ + begin) * valueBytes_;
    tile.scales[to] = scales_.data() + at * blocks_ + begin / kIntegerBlock;
  }

 private:
  const std::byte* values() const { return reinterpret_cast<const std::byte*>(values_.data()); }
  int64_t rows_, depth_, blocks_;
  int valueBytes_;
  Tensor values_;  ///< [rows + 1][depth] values of `valueBytes_`
  Tensor scales_;  ///< [rows + 1][blocks]
};

/// Bytes that `depth` rows of a panel take, and the floats of its scales.
constexpr int64_t reducedPanelBytes(const ReducedKernels& kernels, int64_t depth) {
  return depth * kPanelWidth * kernels.valueBytes;
}
constexpr int64_t reducedPanelScales(const ReducedKernels& kernels, int64_t depth) {
  return integerBlocks(depth) * kernels.scaleRows * kPanelWidth;
}

/// The right operand, `depth` rows of a panel; they lie in this thread's scratch until the next call.
ReducedPanel reducedPanel(const ReducedKernels& kernels, const float* values, int64_t depth);

}  // namespace lorikeet
