#include "schedulers/sigma_scheduler.h"

#include <algorithm>
#include <cmath>

#include "schedulers/latent_math.h"

namespace lorikeet {

SigmaScheduler::SigmaScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, int callsPerStep)
    : Scheduler(config, spec.steps, callsPerStep), spacing_(spec.spacing) {
  if (config.rescaleBetasZeroSnr) schedule_.avoidInfiniteSigma();
  SigmaTable table = makeSigmaTable(schedule_, spec);
  sigmas_ = std::move(table.sigmas);
  timesteps_ = std::move(table.timesteps);
}

float SigmaScheduler::initialNoiseScale() const {
  const double sigma = *std::max_element(sigmas_.begin(), sigmas_.end());
  return static_cast<float>(spacing_ == Spacing::Leading ? std::sqrt(sigma * sigma + 1) : sigma);
}

Tensor SigmaScheduler::scaleInput(const Tensor& x, int call) const {
  const double sigma = sigmaAtCall(call);
  return weightedSum({{1 / std::sqrt(sigma * sigma + 1), x}});
}

Tensor SigmaScheduler::predictOriginal(const Tensor& prediction, const Tensor& x, int call) const {
  return originalAt(prediction, x, sigmaAtCall(call));
}

Tensor SigmaScheduler::addNoise(const Tensor& original, const Tensor& noise, int call) const {
  if (call >= callCount()) return original.clone();
  return weightedSum({{1, original}, {sigmaAtCall(call), noise}});
}

Tensor SigmaScheduler::derivative(const Tensor& prediction, const Tensor& x, double sigma) const {
  return noiseFromPrediction(config_.predictionType, prediction, x, 1, sigma);
}

Tensor SigmaScheduler::originalAt(const Tensor& prediction, const Tensor& x, double sigma) const {
  return originalFromPrediction(config_.predictionType, prediction, x, 1, sigma);
}

}  // namespace lorikeet
