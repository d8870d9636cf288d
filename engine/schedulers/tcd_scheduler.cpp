#include "schedulers/tcd_scheduler.h"

#include <algorithm>
#include <cmath>

#include "schedulers/consistency_timesteps.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

TcdScheduler::TcdScheduler(const SchedulerConfig& config, double eta, int steps)
    : VariancePreservingScheduler(config, steps), eta_(eta) {
  timesteps_ = consistencyTimesteps(config, steps);
}

Tensor TcdScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  const bool last = call + 1 >= callCount();
  const int next = last ? 0 : timestepAt(call + 1);
  const auto below = static_cast<int>(std::floor(static_cast<float>(1 - eta_) * static_cast<float>(next)));
  const double alpha = alphaCumprod(timestepAt(call));
  const double alphaBelow = alphaCumprod(below);
  const double alphaRoot = std::sqrt(alpha);
  const double betaRoot = std::sqrt(1 - alpha);
  const Tensor original = originalFromPrediction(config_.predictionType, prediction, x, alphaRoot, betaRoot);
  const Tensor epsilon = noiseFromPrediction(config_.predictionType, prediction, x, alphaRoot, betaRoot);
  Tensor noised = weightedSum({{std::sqrt(alphaBelow), original}, {std::sqrt(1 - alphaBelow), epsilon}});
  if (eta_ <= 0 || last) return noised;
  const double ratio = alphaCumprod(next) / alphaBelow;
  const double deviation = std::sqrt(std::max(1 - ratio, 0.0));
  return weightedSum({{std::sqrt(ratio), noised}, {deviation, drawNoise(noise, x.shape())}});
}

}  // namespace lorikeet
