#pragma once
// The way back through activations, softmax and norms. Included by the per-instruction-set kernel files only.
#include "ops/kernels_math.h"

namespace lorikeet {
namespace {

void activateBackward(const float* x, float* gradient, int64_t count, Activation activation) {
  forVectors<Wide>(
      count, [&](auto load, auto store) { store(load(gradient) * activationSlope(load(x), activation), gradient); });
}

void geglu(const float* value, const float* gate, float* y, int64_t count) {
  forVectors<Wide>(count, [&](auto load, auto store) { store(load(value) * geluVector(load(gate)), y); });
}

void gegluBackward(const float* value, const float* gate, const float* gradient, float* valueGradient,
                   float* gateGradient, int64_t count) {
  forVectors<Wide>(count, [&](auto load, auto store) {
    const Wide g = load(gradient), x = load(gate);
    store(g * geluVector(x), valueGradient);
    store(g * load(value) * activationSlope(x, Activation::Gelu), gateGradient);
  });
}

void scoreBackward(const float* p, float* gradient, float mean, float scale, int64_t count) {
  const Wide center = Wide::broadcast(mean), factor = Wide::broadcast(scale);
  forVectors<Wide>(count,
                   [&](auto load, auto store) { store(load(p) * (load(gradient) - center) * factor, gradient); });
}

/// g and h of some channels of one row, see Kernels::normBackwardSums.
template <bool kSilu, class Load>
inline __attribute__((always_inline)) void normStep(const float* x, const float* gradient, const NormBackward& norm,
                                                    Load load, Wide& g, Wide& h) {
  const Wide gamma = load(norm.gamma);
  h = (load(x) - load(norm.center)) * load(norm.rate);
  g = load(gradient);
  if (kSilu) g = g * activationSlope(Wide::fma(h, gamma, load(norm.beta)), Activation::Silu);
  g = g * gamma;
}

template <bool kSilu>
void normBackwardSumsWith(const float* x, const float* gradient, int64_t rowCount, int64_t channels,
                          const NormBackward& norm, float* sums, float* products) {
  for (int64_t r = 0; r < rowCount; ++r, x += channels, gradient += channels)
    forVectors<Wide>(channels, [&](auto load, auto store) {
      Wide g, h;
      normStep<kSilu>(x, gradient, norm, load, g, h);
      store(load(sums) + g, sums);
      store(Wide::fma(g, h, load(products)), products);
    });
}

void normBackwardSums(const float* x, const float* gradient, int64_t rowCount, int64_t channels,
                      const NormBackward& norm, float* sums, float* products) {
  if (norm.silu)
    normBackwardSumsWith<true>(x, gradient, rowCount, channels, norm, sums, products);
  else
    normBackwardSumsWith<false>(x, gradient, rowCount, channels, norm, sums, products);
}

template <bool kSilu>
void normBackwardRowsWith(const float* x, const float* gradient, float* y, int64_t rowCount, int64_t channels,
                          const NormBackward& norm) {
  for (int64_t r = 0; r < rowCount; ++r, x += channels, gradient += channels, y += channels)
    forVectors<Wide>(channels, [&](auto load, auto store) {
      Wide g, h;
      normStep<kSilu>(x, gradient, norm, load, g, h);
      store(load(norm.rate) * (g - load(norm.meanSum) - h * load(norm.meanProduct)), y);
    });
}

void normBackwardRows(const float* x, const float* gradient, float* y, int64_t rowCount, int64_t channels,
                      const NormBackward& norm) {
  if (norm.silu)
    normBackwardRowsWith<true>(x, gradient, y, rowCount, channels, norm);
  else
    normBackwardRowsWith<false>(x, gradient, y, rowCount, channels, norm);
}

void layerNormRowBackward(const float* x, const float* gradient, float* y, int64_t channels, const float* gamma,
                          float epsilon) {
  const float count = static_cast<float>(channels);
  Wide sum = Wide::zero();
  forVectors<Wide>(channels, [&](auto load, auto) { sum = sum + load(x); });
  const float mean = sum.sum() / count;
  const Wide center = Wide::broadcast(mean);
  Wide squares = Wide::zero(), gradients = Wide::zero(), products = Wide::zero();
  float square = 0;
  int64_t i = 0;
  for (; i + Wide::kWidth <= channels; i += Wide::kWidth) {
    const Wide d = Wide::load(x + i) - center;
    squares = Wide::fma(d, d, squares);
  }
  for (; i < channels; ++i) square += (x[i] - mean) * (x[i] - mean);
  forVectors<Wide>(channels, [&](auto load, auto) {
    const Wide g = load(gradient) * load(gamma);
    gradients = gradients + g;
    products = Wide::fma(g, load(x) - center, products);
  });
  const float rate = 1.f / __builtin_sqrtf((square + squares.sum()) / count + epsilon);
  const Wide meanGradient = Wide::broadcast(gradients.sum() / count);
  const Wide slope = Wide::broadcast(products.sum() * rate * rate / count), factor = Wide::broadcast(rate);
  forVectors<Wide>(channels, [&](auto load, auto store) {
    const Wide g = load(gradient) * load(gamma);
    store(factor * (g - meanGradient - (load(x) - center) * slope), y);
  });
}

}  // namespace
}  // namespace lorikeet
