#include "schedulers/ddim_scheduler.h"

#include <algorithm>
#include <cmath>

#include "schedulers/latent_math.h"
#include "schedulers/timestep_table.h"

namespace lorikeet {

DdimScheduler::DdimScheduler(const SchedulerConfig& config, Spacing spacing, double eta, int steps)
    : VariancePreservingScheduler(config, steps),
      eta_(eta),
      finalAlpha_(config.setAlphaToOne.value_or(true) ? 1.0 : schedule_.alphasCumprod().front()) {
  auto timesteps = spacedTimesteps(spacing, schedule_.trainTimesteps(), steps, config.stepsOffset);
  roundTimesteps(timesteps);
  timesteps_.assign(timesteps.begin(), timesteps.end());
}

Tensor DdimScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  const int timestep = timestepAt(call);
  const double alpha = alphaCumprod(timestep);
  const double alphaPrevious = alphaCumprod(timestep - schedule_.trainTimesteps() / stepCount_, finalAlpha_);
  const double alphaRoot = std::sqrt(alpha);
  const double betaRoot = std::sqrt(1 - alpha);
  Tensor original = originalFromPrediction(config_.predictionType, prediction, x, alphaRoot, betaRoot);
  const Tensor epsilon = noiseFromPrediction(config_.predictionType, prediction, x, alphaRoot, betaRoot);
  limitOriginal(original, config_, config_.clipSample.value_or(true));

  const double variance = (1 - alphaPrevious) / (1 - alpha) * (1 - alpha / alphaPrevious);
  const double deviation = eta_ * std::sqrt(std::max(variance, 0.0));
  const double direction = std::sqrt(std::max(1 - alphaPrevious - deviation * deviation, 0.0));
  if (eta_ <= 0) return weightedSum({{std::sqrt(alphaPrevious), original}, {direction, epsilon}});
  const Tensor fresh = drawNoise(noise, x.shape());
  return weightedSum({{std::sqrt(alphaPrevious), original}, {direction, epsilon}, {deviation, fresh}});
}

}  // namespace lorikeet
