#include "adapters/dense_math.h"

#include <algorithm>

#include "io/tensor_values.h"
#include "ops/kernels.h"

namespace lorikeet {

Tensor flatMatrix(const RawTensor& raw) {
  const int64_t rows = raw.shape.rank() == 0 ? 1 : raw.shape[0];
  const int64_t columns = rows == 0 ? 0 : raw.shape.elementCount() / rows;
  return widened(raw).reshaped({rows, columns});
}

Tensor widened(const RawTensor& raw) {
  const bool isAligned = reinterpret_cast<uintptr_t>(raw.bytes.data()) % sizeof(uint16_t) == 0;
  if (!isAligned || (raw.dtype != DType::F16 && raw.dtype != DType::BF16)) return toTensor(raw);
  Tensor values(raw.shape);
  const Kernels& k = kernels();
  (raw.dtype == DType::F16 ? k.f16ToF32 : k.bf16ToF32)(reinterpret_cast<const uint16_t*>(raw.bytes.data()),
                                                       values.data(), static_cast<int64_t>(values.size()));
  return values;
}

void multiplyInto(const MatrixView& a, const MatrixView& b, float* c, int64_t cStride) {
  CHECK(b.rows == a.columns);
  const Kernels& k = kernels();
  const float* from[kMaxTileRows];
  for (int64_t r = 0; r < a.rows; r += k.tileRows) {
    const int count = static_cast<int>(std::min<int64_t>(k.tileRows, a.rows - r));
    for (int i = 0; i < count; ++i) from[i] = a.data + (r + i) * a.stride;
    float* out = c + r * cStride;
    int64_t column = 0;
    for (const int width : {32, 16, 8})
      for (; b.columns - column >= width; column += width)
        k.tile(from, count, b.data + column, b.stride, width, a.columns, out + column, cStride, false);
    for (int i = 0; i < count; ++i)
      for (int64_t j = column; j < b.columns; ++j) {
        float sum = 0;
        for (int64_t d = 0; d < a.columns; ++d) sum += from[i][d] * b.data[d * b.stride + j];
        out[i * cStride + j] = sum;
      }
  }
}

Tensor product(const Tensor& a, const Tensor& b) {
  Tensor c({a.dim(0), b.dim(1)});
  multiplyInto(viewOf(a), viewOf(b), c.data(), b.dim(1));
  return c;
}

LowRankFactors tuckerFactors(const RawTensor& core, const RawTensor& a, const RawTensor& b) {
  const Tensor values = flatMatrix(core), left = flatMatrix(a), right = flatMatrix(b);
  const int64_t rank1 = core.shape[0], rank2 = core.shape[1], taps = values.dim(1) / rank2;
  const int64_t outputs = left.dim(1), inputs = right.dim(1);
  Tensor middle = Tensor::zeros({rank1, inputs * taps});
  for (int64_t i = 0; i < rank1; ++i)
    for (int64_t j = 0; j < rank2; ++j)
      for (int64_t n = 0; n < inputs; ++n) {
        const float factor = right[static_cast<size_t>(j * inputs + n)];
        const float* from = values.data() + (i * rank2 + j) * taps;
        float* to = middle.data() + (i * inputs + n) * taps;
        for (int64_t t = 0; t < taps; ++t) to[t] += factor * from[t];
      }
  Tensor transposed({outputs, rank1});
  for (int64_t i = 0; i < rank1; ++i)
    for (int64_t o = 0; o < outputs; ++o)
      transposed[static_cast<size_t>(o * rank1 + i)] = left[static_cast<size_t>(i * outputs + o)];
  return {std::move(transposed), std::move(middle), 1};
}

Tensor tuckerProduct(const RawTensor& core, const RawTensor& a, const RawTensor& b) {
  const LowRankFactors factors = tuckerFactors(core, a, b);
  return product(factors.up, factors.down);
}

void multiply(Tensor& values, double factor) {
  for (float& v : values.values()) v = static_cast<float>(v * factor);
}

}  // namespace lorikeet
