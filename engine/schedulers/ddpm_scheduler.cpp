#include "schedulers/ddpm_scheduler.h"

#include <algorithm>
#include <cmath>

#include "schedulers/latent_math.h"
#include "schedulers/timestep_table.h"

namespace lorikeet {

DdpmScheduler::DdpmScheduler(const SchedulerConfig& config, Spacing spacing, int steps)
    : VariancePreservingScheduler(config, steps) {
  auto timesteps = spacedTimesteps(spacing, schedule_.trainTimesteps(), steps, config.stepsOffset);
  roundTimesteps(timesteps);
  timesteps_.assign(timesteps.begin(), timesteps.end());
}

Tensor DdpmScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  constexpr double kSmallestVariance = 1e-20;
  const double alpha = alphaCumprod(timestepAt(call));
  const double alphaPrevious = call + 1 < callCount() ? alphaCumprod(timestepAt(call + 1)) : 1;
  const double stepAlpha = alpha / alphaPrevious;
  Tensor original = predictOriginal(prediction, x, call);
  limitOriginal(original, config_, config_.clipSample.value_or(true));
  const double toOriginal = std::sqrt(alphaPrevious) * (1 - stepAlpha) / (1 - alpha);
  const double toSample = std::sqrt(stepAlpha) * (1 - alphaPrevious) / (1 - alpha);
  if (timestepAt(call) == 0) return weightedSum({{toOriginal, original}, {toSample, x}});
  const double variance = std::max((1 - alphaPrevious) / (1 - alpha) * (1 - stepAlpha), kSmallestVariance);
  return weightedSum({{toOriginal, original}, {toSample, x}, {std::sqrt(variance), drawNoise(noise, x.shape())}});
}

}  // namespace lorikeet
