#pragma once
#include <cstdint>

#include "core/execution_context.h"
#include "core/tensor.h"
#include "ops/kernels.h"

namespace lorikeet {

/// Rows of a tile on their way into a product, as they are or in fewer bits.
struct AttentionRows {
  const float* values[kMaxTileRows];
  ReducedTileRows reduced;
  int count = 0;
};

/// Keys and values of an attention in the order of the tile kernels, head by head, in f32 or in fewer bits. Keys come
/// in blocks, which stay in the L2 cache while a block of queries passes by.
class AttentionPanels {
 public:
  /// k, v: [N, keys, heads * depth]; reduced: the kernels for fewer bits, or null.
  AttentionPanels(const ExecutionContext& context, const Tensor& k, const Tensor& v, int64_t heads,
                  const ReducedKernels* reduced);

  /// Keys of a block, the last one perhaps fewer.
  int64_t keyBlock() const { return keyBlock_; }
  /// Keys of a block for mix(): with fewer bits, lanes must be full.
  int64_t padded(int64_t count) const { return reduced_ == nullptr ? count : (count + 3) / 4 * 4; }
  /// Columns of a row of results: the depth of a head rounded up to 8 or, with fewer bits, 16.
  int64_t columns() const { return columns_; }
  const ReducedKernels* reduced() const { return reduced_; }

  /// scores[row][keyBlock()] = rows times the keys [begin, begin + count); unit: image * heads + head.
  void score(const AttentionRows& rows, int64_t unit, int64_t begin, int64_t count, float* scores) const;
  /// out[row][columns()] (+)= rows[.][count] times the values [begin, begin + count). With fewer bits rows have
  /// padded(count) columns.
  void mix(const AttentionRows& rows, int64_t unit, int64_t begin, int64_t count, float* out, bool accumulate) const;

 private:
  struct Layout {
    int64_t bytes = 0, scales = 0;  ///< of a panel
  };
  Layout layoutOf(int64_t depth) const;
  ReducedPanel panelAt(const Tensor& data, const Layout& layout, int64_t index, int64_t depth) const;
  /// Makes a panel of [depth][32] floats and puts it to place `index`.
  void store(const float* values, const Layout& layout, int64_t index, int64_t depth, Tensor& data) const;
  void packKeys(const Tensor& k, int64_t unit, int64_t panel);
  void packValues(const Tensor& v, int64_t unit, int64_t block);
  void packFloatValues(const Tensor& v, int64_t unit, int64_t block);
  int64_t valuePanels() const { return (columns_ + kPanelWidth - 1) / kPanelWidth; }

  const ReducedKernels* reduced_;
  int64_t heads_, depth_, keys_, columns_, keyBlock_, keyPanels_, keyBlocks_;
  Layout keyLayout_, valueLayout_;
  Tensor keyData_;    ///< f32: [N * heads][panels of 32 keys][depth][32]
  Tensor valueData_;  ///< f32: [N * heads][keys][columns]; fewer bits: [N * heads][blocks][panels of 32 columns]
};

}  // namespace lorikeet
