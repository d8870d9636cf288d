#pragma once
#include <optional>

#include "core/brownian_tree.h"
#include "core/noise_generator.h"
#include "core/tensor.h"

namespace lorikeet {

/// Unit noise of an SDE sampler's step: fresh numbers of the run's generator, or the scaled increment of a Brownian
/// motion over the noise levels (k-diffusion's BrownianTreeNoiseSampler), which is the same for any number of steps.
class StepNoise {
 public:
  /// Of the generator.
  StepNoise() = default;
  /// Of a Brownian motion with this seed between two noise levels.
  StepNoise(uint64_t seed, double sigmaMin, double sigmaMax) : motion_(Motion{seed, sigmaMin, sigmaMax, {}}) {}
  /// For a step from one noise level to another, rounded to f32 as the reference's are.
  Tensor operator()(NoiseGenerator& generator, const Shape& shape, float from, float to);

 private:
  struct Motion {
    uint64_t seed;
    double sigmaMin;
    double sigmaMax;
    std::optional<BrownianTree> tree;  ///< made when the size of the latents is known
  };
  std::optional<Motion> motion_;
};

}  // namespace lorikeet
