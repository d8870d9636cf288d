#include "schedulers/dpm_multistep_sde_scheduler.h"

#include <cmath>

#include "core/check.h"
#include "core/portable_math.h"
#include "schedulers/dpm_sde_scheduler.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

DpmMultistepSdeScheduler::DpmMultistepSdeScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec,
                                                   const SchedulerOptions& options, int order, SolverType type)
    : SigmaScheduler(config, spec),
      order_(order),
      type_(type),
      eta_(options.sampling.ancestralEta),
      noiseScale_(options.sampling.churn.noise),
      stepNoise_(sdeNoiseOf(options, sigmas_)) {
  CHECK(order == 2 || order == 3);
}

Tensor DpmMultistepSdeScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  const float sigma = sigmas_[call];
  const float next = sigmas_[call + 1];
  Tensor original = originalAt(prediction, x, sigma);
  if (next == 0) return original;
  const double h = portableLog(sigma) - portableLog(next);
  const double full = h * (1 + eta_);  // the noise that is put back has to be removed as well
  Tensor result = weightedSum({{portableExp(-full), x}, {-portableExpm1(-full), original}});
  result = withCorrections(std::move(result), original, h, full);
  if (eta_ > 0) {
    const double deviation = noiseScale_ * next * std::sqrt(-portableExpm1(-2 * eta_ * h));
    result = weightedSum({{1, result}, {deviation, stepNoise_(noise, x.shape(), sigma, next)}});
  }
  known_.push_front({std::move(original), h});
  if (static_cast<int>(known_.size()) >= order_) known_.pop_back();
  return result;
}

/// Divided differences of the clean latents over the last steps correct for slope and curvature.
Tensor DpmMultistepSdeScheduler::withCorrections(Tensor next, const Tensor& original, double h, double full) const {
  if (known_.empty()) return next;
  const double phi1 = portableExpm1(-full);
  const double phi2 = phi1 / full + 1;
  const double slope = order_ == 2 && type_ == SolverType::Midpoint ? -0.5 * phi1 : phi2;
  const Known& last = known_[0];
  const double r0 = last.stepWidth / h;
  if (known_.size() < 2) return weightedSum({{1, next}, {slope / r0, original}, {-slope / r0, last.original}});
  const Known& older = known_[1];
  const double r1 = older.stepWidth / h;
  const double phi3 = phi2 / full - 0.5;
  // With d0 and d1 the two slopes: phi2 (d0 + (d0 - d1) r0 / (r0 + r1)) - phi3 (d0 - d1) / (r0 + r1).
  const double bend = (phi2 * r0 - phi3) / (r0 + r1);
  const double ofNewest = (phi2 + bend) / r0;
  const double ofOldest = bend / r1;
  return weightedSum(
      {{1, next}, {ofNewest, original}, {-ofNewest - ofOldest, last.original}, {ofOldest, older.original}});
}

}  // namespace lorikeet
