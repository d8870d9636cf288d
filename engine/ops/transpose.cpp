#include "ops/transpose.h"

#include <algorithm>
#include <cstring>

namespace lorikeet {
namespace {

template <class Element>
struct Vector;
template <>
struct Vector<float> {
  typedef float Type __attribute__((vector_size(16)));
};
template <>
struct Vector<uint16_t> {
  typedef uint16_t Type __attribute__((vector_size(16)));
};
typedef uint32_t FourInts __attribute__((vector_size(16)));
typedef uint64_t TwoInts __attribute__((vector_size(16)));

template <class V>
V load(const void* p) {
  V v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}

template <class V>
void store(void* p, V v) {
  std::memcpy(p, &v, sizeof(v));
}

/// 4 x 4 values in registers.
void transposeTile(const float* from, int64_t fromStride, float* to, int64_t toStride) {
  using Four = Vector<float>::Type;
  const Four a = load<Four>(from), b = load<Four>(from + fromStride);
  const Four c = load<Four>(from + 2 * fromStride), d = load<Four>(from + 3 * fromStride);
  const Four ab0 = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab1 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Four cd0 = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd1 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store(to, __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5));
  store(to + toStride, __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7));
  store(to + 2 * toStride, __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5));
  store(to + 3 * toStride, __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7));
}

/// 8 x 8 values in registers: pairs of rows are woven value by value, then pairs of those, then halves.
void transposeTile(const uint16_t* from, int64_t fromStride, uint16_t* to, int64_t toStride) {
  using Eight = Vector<uint16_t>::Type;
  FourInts woven[8];
  for (int i = 0; i < 4; ++i) {
    const Eight a = load<Eight>(from + 2 * i * fromStride), b = load<Eight>(from + (2 * i + 1) * fromStride);
    woven[2 * i] = reinterpret_cast<FourInts>(__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11));
    woven[2 * i + 1] = reinterpret_cast<FourInts>(__builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15));
  }
  for (int half = 0; half < 2; ++half) {  // columns 0 to 3, 4 to 7
    const FourInts a = woven[half], b = woven[2 + half], c = woven[4 + half], d = woven[6 + half];
    const TwoInts ab0 = reinterpret_cast<TwoInts>(__builtin_shufflevector(a, b, 0, 4, 1, 5));
    const TwoInts ab1 = reinterpret_cast<TwoInts>(__builtin_shufflevector(a, b, 2, 6, 3, 7));
    const TwoInts cd0 = reinterpret_cast<TwoInts>(__builtin_shufflevector(c, d, 0, 4, 1, 5));
    const TwoInts cd1 = reinterpret_cast<TwoInts>(__builtin_shufflevector(c, d, 2, 6, 3, 7));
    uint16_t* row = to + 4 * half * toStride;
    store(row, __builtin_shufflevector(ab0, cd0, 0, 2));
    store(row + toStride, __builtin_shufflevector(ab0, cd0, 1, 3));
    store(row + 2 * toStride, __builtin_shufflevector(ab1, cd1, 0, 2));
    store(row + 3 * toStride, __builtin_shufflevector(ab1, cd1, 1, 3));
  }
}

template <class Element>
void transposeTiles(const Element* from, int64_t fromStride, Element* to, int64_t toStride, int64_t rows,
                    int64_t columns) {
  constexpr int64_t kTile = 16 / sizeof(Element);
  const auto moveOne = [&](int64_t row, int64_t column) {
    std::memcpy(to + column * toStride + row, from + row * fromStride + column, sizeof(Element));
  };
  const int64_t wholeRows = rows / kTile * kTile, wholeColumns = columns / kTile * kTile;
  for (int64_t row = 0; row < wholeRows; row += kTile) {
    for (int64_t column = 0; column < wholeColumns; column += kTile)
      transposeTile(from + row * fromStride + column, fromStride, to + column * toStride + row, toStride);
    for (int64_t column = wholeColumns; column < columns; ++column)
      for (int64_t r = row; r < row + kTile; ++r) moveOne(r, column);
  }
  for (int64_t row = wholeRows; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) moveOne(row, column);
}

}  // namespace

void transposeBlock(const float* from, int64_t fromStride, float* to, int64_t toStride, int64_t rows, int64_t columns) {
  transposeTiles(from, fromStride, to, toStride, rows, columns);
}

void transposeBlock(const uint16_t* from, int64_t fromStride, uint16_t* to, int64_t toStride, int64_t rows,
                    int64_t columns) {
  transposeTiles(from, fromStride, to, toStride, rows, columns);
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
