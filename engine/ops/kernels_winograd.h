#pragma once
// The transforms of Winograd's F(4x4, 3x3) with the points 0, +-1, +-2 (Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2015), vectorised over channels. Included by the kernel files only.

namespace lorikeet {
namespace {

/// One row or column of the input transform: B^T applied to six values.
template <class V>
inline __attribute__((always_inline)) void inputTransform(const V (&d)[6], V (&out)[6]) {
  const V four = V::broadcast(4.f), two = V::broadcast(2.f), minusFive = V::broadcast(-5.f);
  out[0] = V::fma(four, d[0], V::fma(minusFive, d[2], d[4]));
  const V even1 = V::fma(V::broadcast(-4.f), d[2], d[4]);
  const V odd1 = V::fma(V::broadcast(-4.f), d[1], d[3]);
  out[1] = even1 + odd1;
  out[2] = even1 - odd1;
  const V even2 = d[4] - d[2];
  const V odd2 = two * (d[3] - d[1]);
  out[3] = even2 + odd2;
  out[4] = even2 - odd2;
  out[5] = V::fma(four, d[1], V::fma(minusFive, d[3], d[5]));
}

/// G applied to three taps.
template <class V>
inline __attribute__((always_inline)) void weightTransform(V g0, V g1, V g2, V (&out)[6]) {
  out[0] = V::broadcast(0.25f) * g0;
  const V outer = (g0 + g2) * V::broadcast(-1.f / 6);
  const V inner = g1 * V::broadcast(-1.f / 6);
  out[1] = outer + inner;
  out[2] = outer - inner;
  const V outer2 = V::fma(g2, V::broadcast(1.f / 6), g0 * V::broadcast(1.f / 24));
  const V inner2 = g1 * V::broadcast(1.f / 12);
  out[3] = outer2 + inner2;
  out[4] = outer2 - inner2;
  out[5] = g2;
}

/// A^T applied to six products.
template <class V>
inline __attribute__((always_inline)) void outputTransform(const V (&m)[6], V (&out)[4]) {
  const V sum1 = m[1] + m[2], difference1 = m[1] - m[2];
  const V sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  out[0] = m[0] + sum1 + sum2;
  out[1] = V::fma(V::broadcast(2.f), difference2, difference1);
  out[2] = V::fma(V::broadcast(4.f), sum2, sum1);
  out[3] = V::fma(V::broadcast(8.f), difference2, difference1) + m[5];
}

void winogradInput(const float* const* patch, int64_t channels, float* out, int64_t planeStride) {
  forVectors<Wide>(channels, [&](auto load, auto store) {
    Wide rows[6][6];
    for (int y = 0; y < 6; ++y) {
      Wide line[6];
      for (int x = 0; x < 6; ++x) line[x] = load(patch[y * 6 + x]);
      inputTransform(line, rows[y]);
    }
    for (int x = 0; x < 6; ++x) {
      const Wide column[6] = {rows[0][x], rows[1][x], rows[2][x], rows[3][x], rows[4][x], rows[5][x]};
      Wide result[6];
      inputTransform(column, result);
      for (int y = 0; y < 6; ++y) store(result[y], out + (y * 6 + x) * planeStride);
    }
  });
}

/// Calls take(plane, value) for the 36 transformed values of the nine taps at `tap`.
template <class Take>
inline __attribute__((always_inline)) void transformTaps(const float* tap, int64_t tapStride, Take take) {
  Wide rows[3][6];
  for (int y = 0; y < 3; ++y, tap += 3 * tapStride)
    weightTransform(Wide::load(tap), Wide::load(tap + tapStride), Wide::load(tap + 2 * tapStride), rows[y]);
  for (int x = 0; x < 6; ++x) {
    Wide result[6];
    weightTransform(rows[0][x], rows[1][x], rows[2][x], result);
    for (int y = 0; y < 6; ++y) take(y * 6 + x, result[y]);
  }
}

void winogradWeights(const float* taps, int64_t tapStride, int64_t channels, float* out) {
  const int64_t plane = channels * kPanelWidth;
  for (int64_t i = 0; i < plane; i += Wide::kWidth)
    transformTaps(taps + i, tapStride, [&](int p, Wide value) { value.store(out + p * plane + i); });
}

/// A vector of columns at a time: first their 36 planes and the largest of each, then the integers.
void winogradWeightsInt16(const float* taps, int64_t tapStride, int64_t channels, float* work,
                          const WinogradIntegers& out) {
  const int64_t workPlane = channels * Wide::kWidth;
  for (int column = 0; column < kPanelWidth; column += Wide::kWidth) {
    float largest[36 * Wide::kWidth] = {};
    Wide nothing = Wide::zero();  // becomes NaN with anything that is not finite
    for (int64_t c = 0; c < channels; ++c)
      transformTaps(taps + c * kPanelWidth + column, tapStride, [&](int p, Wide value) {
        value.store(work + p * workPlane + c * Wide::kWidth);
        Wide::max(Wide::abs(value), Wide::load(largest + p * Wide::kWidth)).store(largest + p * Wide::kWidth);
        nothing = Wide::fma(value, Wide::zero(), nothing);
      });
    for (int p = 0; p < 36; ++p) {
      const Wide most = Wide::load(largest + p * Wide::kWidth);
      (most * Wide::broadcast(1.f / kLargestInt16) + nothing).store(out.scales + p * out.scaleStride + column);
      const Wide rate = Wide::broadcast(kLargestInt16) / Wide::max(most, Wide::broadcast(1e-30f));
      const float* from = work + p * workPlane;
      int16_t* to = out.values + p * out.planeStride + 2 * column;
      for (int64_t c = 0; c < channels; c += 2, from += 2 * Wide::kWidth, to += 2 * kPanelWidth)
        Wide::storeInt16Pairs(Wide::load(from) * rate, Wide::load(from + Wide::kWidth) * rate, to);
    }
  }
}

void winogradOutput(const float* planes, int64_t planeStride, float* pixels) {
  for (int i = 0; i < kPanelWidth; i += Wide::kWidth) {
    Wide rows[6][4];
    for (int y = 0; y < 6; ++y) {
      Wide line[6];
      for (int x = 0; x < 6; ++x) line[x] = Wide::load(planes + (y * 6 + x) * planeStride + i);
      outputTransform(line, rows[y]);
    }
    for (int x = 0; x < 4; ++x) {
      const Wide column[6] = {rows[0][x], rows[1][x], rows[2][x], rows[3][x], rows[4][x], rows[5][x]};
      Wide result[4];
      outputTransform(column, result);
      for (int y = 0; y < 4; ++y) result[y].store(pixels + (y * 4 + x) * kPanelWidth + i);
    }
  }
}

}  // namespace
}  // namespace lorikeet
