#pragma once
#include <cstdint>

#include "core/tensor.h"
#include "io/raw_tensor.h"
#include "ops/low_rank_term.h"

namespace lorikeet {

/// The values of a file's tensor as a matrix: the first axis stays, the others are joined; a vector is one column.
Tensor flatMatrix(const RawTensor& raw);

/// As toTensor, but many values at a time for the types of checkpoints.
Tensor widened(const RawTensor& raw);

/// A matrix inside a larger array: rows lie `stride` values apart.
struct MatrixView {
  const float* data;
  int64_t rows, columns, stride;
};
inline MatrixView viewOf(const Tensor& a) { return {a.data(), a.dim(0), a.dim(1), a.dim(1)}; }

/// c = a b by the calling thread; c may overlap neither.
void multiplyInto(const MatrixView& a, const MatrixView& b, float* c, int64_t cStride);

/// a [n, k] times b [k, m].
Tensor product(const Tensor& a, const Tensor& b);

/// Tucker form of LyCORIS: sum over i, j of core[i, j, taps] * a[i, outputs] * b[j, inputs] ->
/// [outputs, inputs * taps].
Tensor tuckerProduct(const RawTensor& core, const RawTensor& a, const RawTensor& b);

/// The same as two matrices that are not multiplied yet.
LowRankFactors tuckerFactors(const RawTensor& core, const RawTensor& a, const RawTensor& b);

/// Scales all values.
void multiply(Tensor& values, double factor);

}  // namespace lorikeet
