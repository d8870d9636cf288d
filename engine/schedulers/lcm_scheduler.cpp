#include "schedulers/lcm_scheduler.h"

#include <cmath>

#include "schedulers/consistency_timesteps.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

LcmScheduler::LcmScheduler(const SchedulerConfig& config, int steps) : VariancePreservingScheduler(config, steps) {
  timesteps_ = consistencyTimesteps(config, steps);
}

Tensor LcmScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  constexpr double kDataVariance = 0.25;
  Tensor original = predictOriginal(prediction, x, call);
  limitOriginal(original, config_, config_.clipSample.value_or(false));
  const double scaled = timesteps_[call] * config_.timestepScaling;
  const double skip = kDataVariance / (scaled * scaled + kDataVariance);
  const double out = scaled / std::sqrt(scaled * scaled + kDataVariance);
  const Tensor denoised = weightedSum({{out, original}, {skip, x}});
  if (call + 1 >= callCount()) return weightedSum({{1, denoised}});
  const double alpha = alphaCumprod(timestepAt(call + 1));
  return weightedSum({{std::sqrt(alpha), denoised}, {std::sqrt(1 - alpha), drawNoise(noise, x.shape())}});
}

}  // namespace lorikeet
