#pragma once
#include <cmath>

#include "core/tensor.h"
#include "schedulers/latent_math.h"

namespace lorikeet::testing {

/// The latents and the model of tests/golden/make/trajectories.py.
inline const Shape kLatentShape{1, 4, 4, 4};

inline Tensor latentPattern() {
  Tensor result(kLatentShape);
  for (size_t i = 0; i < result.size(); ++i) result[i] = static_cast<float>(static_cast<int>(i * 7 % 13) - 6) / 6;
  return result;
}

inline Tensor analyticModel(const Tensor& input, double t) {
  return weightedSum({{static_cast<float>(0.3 * std::cos(t / 500)), input},
                      {static_cast<float>(0.2 * std::sin(t / 300)), latentPattern()}});
}

inline double largestOf(const Tensor& x) {
  double largest = 0;
  for (const float value : x.values()) largest = std::max<double>(largest, std::fabs(value));
  return largest;
}

}  // namespace lorikeet::testing
