#include "schedulers/dpm_ancestral_scheduler.h"

#include <cmath>

#include "core/check.h"
#include "schedulers/ancestral_step.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

DpmAncestralScheduler::DpmAncestralScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec,
                                             const SchedulerOptions& options)
    : StagedScheduler(config, spec, Table::Whole, options.strength),
      eta_(options.sampling.ancestralEta),
      noiseScale_(options.sampling.churn.noise) {
  for (int i = 0; i < tableSteps(); ++i) {
    addTableCall(i, i, 0);
    const double down = ancestralStep(sigmas_[i], sigmas_[i + 1], eta_).down;
    if (down > 0) addCall(std::sqrt(sigmas_[i] * down), i, 1);
  }
}

Tensor DpmAncestralScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  const auto [sigma, entry, stage] = callAt(call);
  const Tensor original = originalAt(prediction, x, sigma);
  const double from = sigmas_[entry];
  const double to = sigmas_[entry + 1];
  const auto [down, up] = ancestralStep(from, to, eta_);
  const bool halfWay = stage == 0 && down > 0;
  if (stage == 0) start_ = x.clone();
  CHECK(!start_.empty());
  const double target = halfWay ? std::sqrt(from * down) : down;
  if (halfWay || to == 0) return weightedSum({{target / from, start_}, {1 - target / from, original}});
  const Tensor fresh = drawNoise(noise, x.shape());
  return weightedSum({{target / from, start_}, {1 - target / from, original}, {noiseScale_ * up, fresh}});
}

}  // namespace lorikeet
