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
  stepCount_ = static_cast<int>(timesteps_.size());
}

float SigmaScheduler::initialNoiseScale() const {
  const double sigma = *std::max_element(sigmas_.begin(), sigmas_.end());
  return static_cast<float>(spacing_ == Spacing::Leading ? std::sqrt(sigma * sigma + 1) : sigma);
}

Tensor SigmaScheduler::scaleInput(const Tensor& x, int call) const {
  const double sigma = modelSigma(call);
  return weightedSum({{1 / std::sqrt(sigma * sigma + 1), x}});
}

Tensor SigmaScheduler::predictOriginal(const Tensor& prediction, const Tensor& x, int call) const {
  return originalAt(prediction, x, modelSigma(call));
}

Tensor SigmaScheduler::addNoise(const Tensor& original, const Tensor& noise, int call) const {
  if (call >= callCount()) return original.clone();
  return weightedSum({{1, original}, {sigmaAtCall(call), noise}});
}

void SigmaScheduler::prepare(Tensor& x, int call, NoiseGenerator& noise) {
  if (static_cast<size_t>(call) >= churned_.size() || churned_[call].sigma == 0) return;
  const auto [raised, scale] = churned_[call];
  const double sigma = sigmaAtCall(call);
  const Tensor fresh = drawNoise(noise, x.shape());
  if (raised > sigma) x = weightedSum({{1, x}, {scale * std::sqrt(raised * raised - sigma * sigma), fresh}});
}

double SigmaScheduler::modelSigma(int call) const {
  const bool raised = static_cast<size_t>(call) < churned_.size() && churned_[call].sigma > 0;
  return raised ? churned_[call].sigma : sigmaAtCall(call);
}

void SigmaScheduler::raise(int call, const SigmaChurn& churn, int steps) {
  const double sigma = sigmaAtCall(call);
  const bool inRange = sigma >= churn.lowest && (churn.highest <= 0 || sigma <= churn.highest);
  const double raised = inRange ? sigma * (1 + std::min(churn.churn / steps, std::sqrt(2.0) - 1)) : sigma;
  churned_.resize(std::max(churned_.size(), static_cast<size_t>(call) + 1));
  churned_[call] = {raised, churn.noise};
  if (raised > sigma) timesteps_[call] = static_cast<float>(schedule_.timestepOf(raised));
}

Tensor SigmaScheduler::derivative(const Tensor& prediction, const Tensor& x, double sigma) const {
  return noiseFromPrediction(config_.predictionType, prediction, x, 1, sigma);
}

Tensor SigmaScheduler::originalAt(const Tensor& prediction, const Tensor& x, double sigma) const {
  return originalFromPrediction(config_.predictionType, prediction, x, 1, sigma);
}

}  // namespace lorikeet
