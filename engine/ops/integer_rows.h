#pragma once
#include <cstdint>

#include "core/execution_context.h"
#include "core/tensor.h"
#include "ops/kernels.h"

namespace lorikeet {

/// Blocks of kIntegerBlock values, the last one perhaps shorter.
constexpr int64_t integerBlocks(int64_t depth) { return (depth + kIntegerBlock - 1) / kIntegerBlock; }

/// The left operand of a product of integers: rows of f32 as kernels().rowToInt16 makes them, and one of zeros.
class IntegerRows {
 public:
  /// data: [rows, depth], contiguous.
  IntegerRows(const ExecutionContext& context, const float* data, int64_t rows, int64_t depth);

  /// Points entry `to` of a tile at columns [begin, ...) of a row, or at zeros where `row` is -1; begin is a multiple
  /// of kIntegerBlock.
  void point(IntegerTileRows& tile, int to, int64_t row, int64_t begin) const {
    const int64_t at = row < 0 ? rows_ : row;
    tile.values[to] = values() + at * depth_ + begin;
    tile.scales[to] = scales_.data() + at * blocks_ + begin / kIntegerBlock;
  }

 private:
  const int16_t* values() const { return reinterpret_cast<const int16_t*>(values_.data()); }
  int64_t rows_, depth_, blocks_;
  Tensor values_;  ///< [rows + 1][depth] integers of 16 bits
  Tensor scales_;  ///< [rows + 1][blocks]
};

/// The right operand, `depth` rows of a panel; they lie in this thread's scratch until the next call.
IntegerPanel integerPanel(const float* values, int64_t depth);

}  // namespace lorikeet
