#pragma once
#include <optional>

#include "core/mersenne_twister.h"
#include "core/noise_generator.h"

namespace lorikeet {

/// The sequence of torch.Generator("cpu").manual_seed(seed), which uses the low 32 bits of the seed. randn follows
/// aten/src/ATen/native/cpu/DistributionTemplates.h: fewer than 16 values are made one by one in double (the sine
/// partner waits for the next call), 16 and more from 24-bit uniforms in blocks of 16. Agrees with torch to 2e-6,
/// the error of torch's own vectorised log, sin and cos.
class TorchRng final : public NoiseGenerator {
 public:
  explicit TorchRng(uint64_t seed) : twister_(static_cast<uint32_t>(seed)) {}
  void normal(std::span<float> out) override;
  /// torch.rand: [0, 1) in steps of 2^-24.
  void uniform(std::span<float> out);
  /// torch.randn(n, dtype=float64) for n < 16, and each single value of a short randn.
  double normalDouble();

 private:
  float uniform24();
  double uniform53();
  void fillBlock(float* block);
  MersenneTwister twister_;
  std::optional<double> cached_;
};

}  // namespace lorikeet
