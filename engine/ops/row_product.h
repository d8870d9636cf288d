#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"
#include "ops/kernels.h"
#include "ops/packed_weights.h"

namespace lorikeet {

/// The left operand of a product: rows of f32 that need not lie side by side. A row consists of segments (the taps of a
/// convolution, the parts of a concatenation); each is a row of one of the matrices that the source is made of, or
/// zeros.
class RowSource {
 public:
  /// A contiguous matrix, [rows, depth].
  struct Part {
    const float* data = nullptr;
    int64_t rows = 0;
    int64_t depth = 0;
  };

  virtual ~RowSource() = default;
  virtual int64_t rowCount() const = 0;
  /// Rows that belong to one image of a batch.
  virtual int64_t rowsPerImage() const = 0;
  virtual int partCount() const = 0;
  virtual Part part(int index) const = 0;
  virtual int segmentCount() const = 0;
  /// The part that a segment is read from.
  virtual int partOf(int segment) const = 0;
  /// A segment of rows [firstRow, firstRow + count) as rows of its part, -1 for zeros; count <= kMaxTileRows.
  virtual void locate(int segment, int64_t firstRow, int count, int64_t* rows) const = 0;
};

/// What is done with a product before it is stored, in this order: bias, time bias, activation, residual.
struct ProductEpilogue {
  const float* bias = nullptr;       ///< [outputs]
  const float* imageBias = nullptr;  ///< [images, outputs]: added to all rows of an image (time embedding)
  int64_t rowsPerImage = 0;          ///< with imageBias
  Activation activation = Activation::None;
  bool geglu = false;               ///< first half of the outputs times gelu(second half)
  const float* residual = nullptr;  ///< [rows, outputs] added at the end
};

/// out[row][n] = epilogue(sum over depth of source[row] * weights[n]), rows outputs() apart (half of that for GEGLU).
/// With an Arithmetic of fewer bits, large products are computed in that.
void rowProduct(const ExecutionContext& context, const RowSource& source, const PackedWeights& weights,
                const ProductEpilogue& epilogue, float* out);

/// Adds up bias[n] + imageBias[image][n] into `sum`; returns what the tile epilogue should point at (null, one of the
/// two, or `sum`) for columns [begin, begin + count) of the image.
const float* combinedBias(const ProductEpilogue& epilogue, int64_t image, int64_t outputs, int64_t begin, int count,
                          float* sum);

}  // namespace lorikeet
