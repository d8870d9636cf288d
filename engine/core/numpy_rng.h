#pragma once
#include <optional>

#include "core/mersenne_twister.h"
#include "core/noise_generator.h"

namespace lorikeet {

/// The sequence of numpy.random.RandomState(seed).randn, rounded to f32: MT19937 with 53-bit uniforms and the polar
/// method (numpy/random/src/legacy/legacy-distributions.c). numpy refuses seeds of more than 32 bits; here they seed
/// like RandomState([low word, high word]).
class NumpyRng final : public NoiseGenerator {
 public:
  explicit NumpyRng(uint64_t seed);
  void normal(std::span<float> out) override;
  double normalDouble();
  /// RandomState.rand: [0, 1) with 53 bits.
  double uniform();

 private:
  MersenneTwister twister_;
  std::optional<double> cached_;
};

}  // namespace lorikeet
