#include "schedulers/dpm_sde_scheduler.h"

#include <algorithm>

#include "core/check.h"
#include "core/portable_math.h"
#include "schedulers/ancestral_step.h"
#include "schedulers/latent_math.h"

namespace lorikeet {
namespace {

/// exp(-t) in f32 of a time t = -log(sigma) in f32, as the reference hands levels to the noise: the Brownian motion
/// tells levels apart that differ by 1e-6, so one last bit changes its noise by 1e-3. Here every step is rounded
/// correctly; torch's last bits depend on the processor and the build.
float timeOf(float sigma) { return -static_cast<float>(portableLog(sigma)); }
float sigmaOf(float time) { return static_cast<float>(portableExp(-time)); }

float middleOf(float from, float to) {
  const float start = timeOf(from);
  return sigmaOf(start + (timeOf(to) - start) * 0.5f);
}

}  // namespace

StepNoise sdeNoiseOf(const SchedulerOptions& options, std::span<const float> sigmas) {
  if (options.sampling.sdeNoise == SdeNoise::Generator) return {};
  float lowest = sigmas.front();
  float highest = sigmas.front();
  for (const float sigma : sigmas) {
    if (sigma > 0) lowest = std::min(lowest, sigma);
    highest = std::max(highest, sigma);
  }
  return {options.seed, lowest, highest};
}

DpmSdeScheduler::DpmSdeScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec,
                                 const SchedulerOptions& options)
    : StagedScheduler(config, spec, Table::Whole, options.strength),
      eta_(options.sampling.ancestralEta),
      noiseScale_(options.sampling.churn.noise),
      stepNoise_(sdeNoiseOf(options, sigmas_)) {
  for (int i = 0; i < tableSteps(); ++i) {
    addTableCall(i, i, 0);
    if (sigmas_[i + 1] > 0) addCall(middleOf(sigmas_[i], sigmas_[i + 1]), i, 1);
  }
}

Tensor DpmSdeScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  const auto [sigma, entry, stage] = callAt(call);
  Tensor original = originalAt(prediction, x, sigma);
  const float from = sigmas_[entry];
  if (sigmas_[entry + 1] == 0) return original;
  if (stage == 0) start_ = x.clone();
  CHECK(!start_.empty());
  const float to = stage == 0 ? middleOf(from, sigmas_[entry + 1]) : sigmas_[entry + 1];
  const auto [down, up] = ancestralStep(from, to, eta_);
  const Tensor fresh = stepNoise_(noise, x.shape(), sigmaOf(timeOf(from)), stage == 0 ? to : sigmaOf(timeOf(to)));
  return weightedSum({{down / from, start_}, {1 - down / from, original}, {noiseScale_ * up, fresh}});
}

}  // namespace lorikeet
