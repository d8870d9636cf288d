#pragma once
#include "core/noise_generator.h"

namespace lorikeet {

/// torch.randn on an NVIDIA GPU as A1111 imitates it (modules/rng_philox.py): Philox 4x32-10 keyed with the 64-bit
/// seed, counter (call number, 0, index of the value, 0), and the sine branch of Box-Muller in double.
class PhiloxRng final : public NoiseGenerator {
 public:
  explicit PhiloxRng(uint64_t seed) : seed_(seed) {}
  void normal(std::span<float> out) override;

 private:
  uint64_t seed_;
  uint32_t callNumber_ = 0;
};

}  // namespace lorikeet
