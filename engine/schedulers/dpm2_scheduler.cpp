#include "schedulers/dpm2_scheduler.h"

#include <cmath>

#include "core/check.h"
#include "core/portable_math.h"
#include "schedulers/latent_math.h"

namespace lorikeet {
namespace {

/// The geometric mean as torch's f32 log, lerp and exp give it; 0 where one of them is.
float geometricMean(float a, float b) {
  if (a == 0 || b == 0) return 0;
  const auto logA = static_cast<float>(portableLog(a));
  const auto logB = static_cast<float>(portableLog(b));
  return static_cast<float>(portableExp(logB - (logB - logA) * 0.5f));
}

}  // namespace

Dpm2Scheduler::Dpm2Scheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SchedulerOptions& options,
                             bool ancestral)
    : SigmaScheduler(config, spec, 2), ancestral_(ancestral), noiseScale_(options.sampling.churn.noise) {
  const bool churns = !ancestral && options.sampling.churn.churn > 0;
  const auto sigmas = std::move(sigmas_);
  auto timesteps = std::move(timesteps_);
  if (spec.schedule == Schedule::Karras)
    for (float& timestep : timesteps) timestep = std::nearbyint(timestep);
  sigmas_ = {sigmas.front()};
  timesteps_ = {};
  for (size_t i = 0; i < timesteps.size(); ++i) {
    sigmas_.insert(sigmas_.end(), 2, sigmas[i + 1]);
    timesteps_.push_back(timesteps[i]);
    if (churns) raise(callCount() - 1, options.sampling.churn, stepCount_);
    const auto start = static_cast<float>(modelSigma(callCount() - 1));
    legs_.push_back(ancestral ? ancestralLeg(start, sigmas[i + 1], static_cast<float>(options.sampling.ancestralEta))
                              : plainLeg(start, sigmas[i + 1]));
    if (i + 1 < timesteps.size()) timesteps_.push_back(static_cast<float>(schedule_.timestepOf(legs_[i].middle)));
  }
  sigmas_.push_back(sigmas.back());
}

Tensor Dpm2Scheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  const Leg& leg = legs_[call / 2];
  if (call % 2 == 0) {
    start_ = x.clone();
    return weightedSum({{1, x}, {leg.middle - leg.start, derivative(prediction, x, leg.start)}});
  }
  CHECK(!start_.empty());
  const Tensor slope = derivative(prediction, x, leg.middle);
  if (!ancestral_) return weightedSum({{1, start_}, {leg.end - leg.start, slope}});
  return weightedSum({{1, start_}, {leg.end - leg.start, slope}, {noiseScale_ * leg.up, drawNoise(noise, x.shape())}});
}

double Dpm2Scheduler::sigmaAtCall(int call) const { return call % 2 == 0 ? sigmas_[call] : legs_[call / 2].middle; }

Dpm2Scheduler::Leg Dpm2Scheduler::plainLeg(float sigma, float next) {
  return {sigma, geometricMean(next, sigma), next, 0};
}

/// In f32 like the reference: the middle hangs on a difference of nearly equal numbers.
Dpm2Scheduler::Leg Dpm2Scheduler::ancestralLeg(float sigma, float next, float eta) {
  const float up = eta * std::sqrt(next * next * (sigma * sigma - next * next) / (sigma * sigma));
  const float down = std::sqrt(next * next - up * up);
  return {sigma, next == 0 ? 0 : geometricMean(sigma, down), down, up};
}

}  // namespace lorikeet
