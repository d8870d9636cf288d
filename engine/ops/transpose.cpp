#include "ops/transpose.h"

#include <algorithm>
#include <cstring>

namespace lorikeet {
namespace {

typedef float Four __attribute__((vector_size(16), aligned(4)));

Four loadFour(const float* p) {
  Four v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}

void storeFour(float* p, Four v) { std::memcpy(p, &v, sizeof(v)); }

/// 4 x 4 values in registers.
void transposeFour(const float* from, int64_t fromStride, float* to, int64_t toStride) {
  const Four a = loadFour(from), b = loadFour(from + fromStride);
  const Four c = loadFour(from + 2 * fromStride), d = loadFour(from + 3 * fromStride);
  const Four ab0 = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab1 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Four cd0 = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd1 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  storeFour(to, __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5));
  storeFour(to + toStride, __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7));
  storeFour(to + 2 * toStride, __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5));
  storeFour(to + 3 * toStride, __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7));
}

}  // namespace

void transposeBlock(const float* from, int64_t fromStride, float* to, int64_t toStride, int64_t rows, int64_t columns) {
  const int64_t wholeRows = rows / 4 * 4, wholeColumns = columns / 4 * 4;
  for (int64_t row = 0; row < wholeRows; row += 4) {
    for (int64_t column = 0; column < wholeColumns; column += 4)
      transposeFour(from + row * fromStride + column, fromStride, to + column * toStride + row, toStride);
    for (int64_t column = wholeColumns; column < columns; ++column)
      for (int64_t r = row; r < row + 4; ++r) to[column * toStride + r] = from[r * fromStride + column];
  }
  for (int64_t row = wholeRows; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) to[column * toStride + row] = from[row * fromStride + column];
}

Tensor transposed(const Tensor& matrix) {
  constexpr int64_t kBlock = 32;  // so that the lines that are written stay in the L1 cache
  const int64_t columns = matrix.dim(-1), rows = static_cast<int64_t>(matrix.size()) / columns;
  Tensor result({columns, rows});
  for (int64_t row = 0; row < rows; row += kBlock)
    for (int64_t column = 0; column < columns; column += kBlock)
      transposeBlock(matrix.data() + row * columns + column, columns, result.data() + column * rows + row, rows,
                     std::min(kBlock, rows - row), std::min(kBlock, columns - column));
  return result;
}

}  // namespace lorikeet
