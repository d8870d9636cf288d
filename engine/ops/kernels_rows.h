#pragma once
// Row-wise loops: softmax, norms, activations. Included by the per-instruction-set kernel files only.

namespace lorikeet {
namespace {

float softmaxBlock(float* scores, int64_t count, int64_t padded, float scale, float* maximum) {
  const Wide factor = Wide::broadcast(scale);
  const Wide lowest = Wide::broadcast(-3.0e38f);
  Wide best = lowest;
  int64_t i = 0;
  for (; i + Wide::kWidth <= count; i += Wide::kWidth) best = Wide::max(best, Wide::load(scores + i) * factor);
  float top = best.maximum();
  for (; i < count; ++i) top = scores[i] * scale > top ? scores[i] * scale : top;
  if (top < *maximum) top = *maximum;
  *maximum = top;

  const Wide shift = Wide::broadcast(-top);
  Wide sum = Wide::zero();
  for (i = 0; i + Wide::kWidth <= count; i += Wide::kWidth) {
    const Wide p = expVector(Wide::fma(Wide::load(scores + i), factor, shift));
    p.store(scores + i);
    sum = sum + p;
  }
  float total = 0;
  if (i < count) {
    const Wide p = expVector(Wide::fma(loadPartial<Wide>(scores + i, count - i), factor, shift));
    storePartial(p, scores + i, count - i);
    for (; i < count; ++i) total += scores[i];
  }
  for (; i < padded; ++i) scores[i] = 0;
  return total + sum.sum();
}

void scaleRow(float* row, float factor, int64_t count) {
  const Wide f = Wide::broadcast(factor);
  forVectors<Wide>(count, [&](auto load, auto store) { store(load(row) * f, row); });
}

float expOne(float x) {
  float lanes[Wide::kWidth];
  expVector(Wide::broadcast(x)).store(lanes);
  return lanes[0];
}

void momentsRows(const float* x, int64_t rowCount, int64_t channels, int64_t stride, const float* shift, float* sums,
                 float* squares) {
  for (int64_t r = 0; r < rowCount; ++r, x += stride)
    forVectors<Wide>(channels, [&](auto load, auto store) {
      const Wide d = load(x) - load(shift);
      store(load(sums) + d, sums);
      store(Wide::fma(d, d, load(squares)), squares);
    });
}

template <bool kSilu>
void affineRowsWith(const float* x, int64_t xStride, float* y, int64_t yStride, int64_t rowCount, int64_t channels,
                    const float* center, const float* scale, const float* offset) {
  for (int64_t r = 0; r < rowCount; ++r, x += xStride, y += yStride)
    forVectors<Wide>(channels, [&](auto load, auto store) {
      const Wide v = Wide::fma(load(x) - load(center), load(scale), load(offset));
      store(kSilu ? v * sigmoidVector(v) : v, y);
    });
}

void affineRows(const float* x, int64_t xStride, float* y, int64_t yStride, int64_t rowCount, int64_t channels,
                const float* center, const float* scale, const float* offset, bool silu) {
  if (silu)
    affineRowsWith<true>(x, xStride, y, yStride, rowCount, channels, center, scale, offset);
  else
    affineRowsWith<false>(x, xStride, y, yStride, rowCount, channels, center, scale, offset);
}

void layerNormRow(const float* x, float* y, int64_t channels, const float* gamma, const float* beta, float epsilon) {
  Wide sum = Wide::zero();
  forVectors<Wide>(channels, [&](auto load, auto) { sum = sum + load(x); });
  const float mean = sum.sum() / static_cast<float>(channels);
  float square = 0;
  Wide squares = Wide::zero();
  const Wide center = Wide::broadcast(mean);
  int64_t i = 0;
  for (; i + Wide::kWidth <= channels; i += Wide::kWidth) {
    const Wide d = Wide::load(x + i) - center;
    squares = Wide::fma(d, d, squares);
  }
  for (; i < channels; ++i) square += (x[i] - mean) * (x[i] - mean);
  const float variance = (square + squares.sum()) / static_cast<float>(channels);
  const Wide rate = Wide::broadcast(1.f / __builtin_sqrtf(variance + epsilon));
  forVectors<Wide>(channels, [&](auto load, auto store) {
    store(Wide::fma((load(x) - center) * rate, load(gamma), load(beta)), y);
  });
}

void activate(float* x, int64_t count, Activation activation) {
  forVectors<Wide>(count, [&](auto load, auto store) { store(activateVector(load(x), activation), x); });
}

void add(const float* a, const float* b, float* sum, int64_t count) {
  forVectors<Wide>(count, [&](auto load, auto store) { store(load(a) + load(b), sum); });
}

void addScaled(const float* x, float factor, float* sum, int64_t count) {
  const Wide f = Wide::broadcast(factor);
  forVectors<Wide>(count, [&](auto load, auto store) { store(Wide::fma(load(x), f, load(sum)), sum); });
}

void addProduct(const float* a, const float* b, float factor, float* sum, int64_t count) {
  const Wide f = Wide::broadcast(factor);
  forVectors<Wide>(count, [&](auto load, auto store) { store(Wide::fma(load(a) * f, load(b), load(sum)), sum); });
}

void addColumnScaled(const float* x, int64_t xStride, const float* columns, float* sum, int64_t rowCount) {
  constexpr int kVectors = kPanelWidth / Wide::kWidth;
  Wide column[kVectors];
  for (int j = 0; j < kVectors; ++j) column[j] = Wide::load(columns + j * Wide::kWidth);
  for (int64_t r = 0; r < rowCount; ++r, x += xStride, sum += kPanelWidth)
    for (int j = 0; j < kVectors; ++j)
      Wide::fma(Wide::load(x + j * Wide::kWidth), column[j], Wide::load(sum + j * Wide::kWidth))
          .store(sum + j * Wide::kWidth);
}

}  // namespace
}  // namespace lorikeet
