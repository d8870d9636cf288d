#pragma once
// Plain loops in double that the kernels are compared with.
#include <cmath>
#include <random>
#include <vector>

#include "core/tensor.h"
#include "lorikeet/arithmetic.h"
#include "ops/convolution.h"
#include "ops/packed_weights.h"

namespace lorikeet::reference {

inline Tensor random(const Shape& shape, uint32_t seed) {
  Tensor t(shape);
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  for (float& v : t.values()) v = normal(generator);
  return t;
}

/// Largest difference relative to the largest absolute value of `expected`.
inline double relativeError(const Tensor& actual, const Tensor& expected) {
  CHECK(actual.shape() == expected.shape());
  double worst = 0, largest = 1e-30;
  for (size_t i = 0; i < actual.size(); ++i) {
    worst = std::max(worst, std::isfinite(actual[i]) ? std::abs(double{actual[i]} - expected[i]) : 1e30);
    largest = std::max(largest, std::abs(double{expected[i]}));
  }
  return worst / largest;
}

/// x [N, H, W, C], w [K, C, k, k] -> [N, H', W', K]
inline Tensor convolution(const Tensor& x, const Tensor& w, const ConvolutionGeometry& g) {
  const int zoom = g.enlargedHeight > 0 ? 2 : 1;
  const int64_t height = zoom == 2 ? g.enlargedHeight : x.dim(1), width = zoom == 2 ? g.enlargedWidth : x.dim(2);
  const int64_t channels = x.dim(3), outputs = w.dim(0);
  const int64_t outHeight = (height + g.padBefore + g.padAfter - g.kernel) / g.stride + 1;
  const int64_t outWidth = (width + g.padBefore + g.padAfter - g.kernel) / g.stride + 1;
  Tensor y({x.dim(0), outHeight, outWidth, outputs});
  size_t index = 0;
  for (int64_t n = 0; n < x.dim(0); ++n)
    for (int64_t oy = 0; oy < outHeight; ++oy)
      for (int64_t ox = 0; ox < outWidth; ++ox)
        for (int64_t k = 0; k < outputs; ++k) {
          double sum = 0;
          for (int ky = 0; ky < g.kernel; ++ky)
            for (int kx = 0; kx < g.kernel; ++kx) {
              const int64_t iy = oy * g.stride + ky - g.padBefore, ix = ox * g.stride + kx - g.padBefore;
              if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
              const float* pixel = x.data() + ((n * x.dim(1) + iy / zoom) * x.dim(2) + ix / zoom) * channels;
              const float* taps = w.data() + k * channels * g.kernel * g.kernel + ky * g.kernel + kx;
              for (int64_t c = 0; c < channels; ++c) sum += double{pixel[c]} * taps[c * g.kernel * g.kernel];
            }
          y[index++] = static_cast<float>(sum);
        }
  return y;
}

inline Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, int heads, bool causal) {
  Tensor y(q.shape());
  const int64_t width = q.dim(2), depth = width / heads, keys = k.dim(1);
  for (int64_t n = 0; n < q.dim(0); ++n)
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t i = 0; i < q.dim(1); ++i) {
        const int64_t seen = causal ? i + 1 : keys;
        std::vector<double> p(seen);
        double total = 0;
        for (int64_t j = 0; j < seen; ++j) {
          double dot = 0;
          for (int64_t d = 0; d < depth; ++d)
            dot += double{q[(n * q.dim(1) + i) * width + h * depth + d]} * k[(n * keys + j) * width + h * depth + d];
          total += p[j] = std::exp(dot / std::sqrt(static_cast<double>(depth)));
        }
        for (int64_t d = 0; d < depth; ++d) {
          double sum = 0;
          for (int64_t j = 0; j < seen; ++j) sum += p[j] * v[(n * keys + j) * width + h * depth + d];
          y[(n * q.dim(1) + i) * width + h * depth + d] = static_cast<float>(sum / total);
        }
      }
  return y;
}

/// Arithmetic of fewer bits, and the relative errors that products of random numbers may have in it: plain ones, and
/// those of Winograd's convolution.
struct Reduced {
  Arithmetic arithmetic;
  double product, winograd;
};
inline constexpr Reduced kReduced[] = {
    {Arithmetic::Bf16, 5e-3, 3e-5},   // Winograd's stay f32
    {Arithmetic::Int16, 8e-4, 1e-2},  // the transforms widen the error of 13 bits
    {Arithmetic::Int8, 1.5e-2, 1e-2},
};

}  // namespace lorikeet::reference
