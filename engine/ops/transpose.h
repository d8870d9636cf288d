#pragma once
#include <cstdint>

#include "core/tensor.h"

namespace lorikeet {

/// to[column][row] = from[row][column]; rows of `from` are fromStride apart, those of `to` toStride. Neither need be
/// aligned to its elements.
void transposeBlock(const float* from, int64_t fromStride, float* to, int64_t toStride, int64_t rows, int64_t columns);
void transposeBlock(const uint16_t* from, int64_t fromStride, uint16_t* to, int64_t toStride, int64_t rows,
                    int64_t columns);

/// [..., columns] as a matrix [rows, columns] -> [columns, rows].
Tensor transposed(const Tensor& matrix);

}  // namespace lorikeet
