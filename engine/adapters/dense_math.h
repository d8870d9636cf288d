#pragma once
#include <cstdint>

#include "core/tensor.h"
#include "io/raw_tensor.h"

namespace lorikeet {

/// The values of a file's tensor as a matrix: the first axis stays, the others are joined; a vector is one column.
Tensor flatMatrix(const RawTensor& raw);

/// As toTensor, but many values at a time for the types of checkpoints.
Tensor widened(const RawTensor& raw);

/// a [n, k] times b [k, m].
Tensor product(const Tensor& a, const Tensor& b);

/// Tucker form of LyCORIS: sum over i, j of core[i, j, taps] * a[i, outputs] * b[j, inputs] ->
/// [outputs, inputs * taps].
Tensor tuckerProduct(const RawTensor& core, const RawTensor& a, const RawTensor& b);

/// Scales all values.
void multiply(Tensor& values, double factor);

}  // namespace lorikeet
