#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "lorikeet/request.h"

namespace lorikeet {

/// A sequence of standard normal numbers that depends on nothing but its seed: not on the machine, the thread count or
/// the build. How a request for n numbers is cut into calls matters (torch treats n < 16 differently, the GPU
/// generator counts calls), so callers draw what the reference program draws in one call. Not thread-safe.
class NoiseGenerator {
 public:
  virtual ~NoiseGenerator() = default;
  /// Fills out with the next out.size() numbers, as one call of the reference's randn(shape).
  virtual void normal(std::span<float> out) = 0;
};

/// A generator at the beginning of its sequence. Any 64-bit seed is good.
std::unique_ptr<NoiseGenerator> makeNoiseGenerator(NoiseSource source, uint64_t seed);

}  // namespace lorikeet
