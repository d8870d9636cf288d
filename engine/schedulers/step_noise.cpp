#include "schedulers/step_noise.h"

#include <algorithm>
#include <cmath>

#include "schedulers/latent_math.h"

namespace lorikeet {

Tensor StepNoise::operator()(NoiseGenerator& generator, const Shape& shape, float from, float to) {
  if (!motion_) return drawNoise(generator, shape);
  Tensor noise(shape);
  if (!motion_->tree) motion_->tree.emplace(motion_->seed, motion_->sigmaMin, motion_->sigmaMax, noise.size());
  motion_->tree->increment(std::min(from, to), std::max(from, to), noise.values());
  // The motion runs from low to high levels, the sampler the other way.
  const float sign = from > to ? -1.0f : 1.0f;
  const float width = std::sqrt(std::fabs(to - from));
  for (float& value : noise.values()) value = width > 0 ? sign * value / width : 0;
  return noise;
}

}  // namespace lorikeet
