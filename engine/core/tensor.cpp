#include "core/tensor.h"

#include <algorithm>
#include <cstring>

namespace lorikeet {

Tensor Tensor::zeros(const Shape& shape) {
  Tensor t(shape);
  if (t.size() > 0) std::memset(t.data(), 0, t.size() * sizeof(float));
  return t;
}

Tensor Tensor::from(const Shape& shape, std::span<const float> values) {
  CHECK(static_cast<size_t>(shape.elementCount()) == values.size());
  Tensor t(shape);
  std::copy(values.begin(), values.end(), t.data());
  return t;
}

Tensor Tensor::clone() const { return empty() ? Tensor() : from(shape_, values()); }

Tensor Tensor::reshaped(const Shape& shape) && {
  CHECK(static_cast<size_t>(shape.elementCount()) == count_);
  Tensor result(std::move(*this));
  result.shape_ = shape;
  return result;
}

namespace {

/// [batch, rows, columns] -> [batch, columns, rows]
void transposeInner(const float* from, float* to, int64_t batch, int64_t rows, int64_t columns) {
  for (int64_t n = 0; n < batch; ++n, from += rows * columns, to += rows * columns)
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c) to[c * rows + r] = from[r * columns + c];
}

}  // namespace

Tensor toChannelsLast(const Tensor& x) {
  CHECK(x.shape().rank() == 4);
  Tensor y({x.dim(0), x.dim(2), x.dim(3), x.dim(1)});
  transposeInner(x.data(), y.data(), x.dim(0), x.dim(1), x.dim(2) * x.dim(3));
  return y;
}

Tensor toChannelsFirst(const Tensor& x) {
  CHECK(x.shape().rank() == 4);
  Tensor y({x.dim(0), x.dim(3), x.dim(1), x.dim(2)});
  transposeInner(x.data(), y.data(), x.dim(0), x.dim(1) * x.dim(2), x.dim(3));
  return y;
}

}  // namespace lorikeet
