#include "schedulers/dpm_singlestep_scheduler.h"

#include "core/portable_math.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

DpmSinglestepScheduler::DpmSinglestepScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec)
    : LogSnrScheduler(config, spec) {}

Tensor DpmSinglestepScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  Tensor original = limitedOriginal(prediction, x, call);
  const Level now = level(call);
  const Level next = level(call + 1);
  if (!isSecondOrder(call) || start_.empty()) {
    start_ = x.clone();
    original_ = std::move(original);
    const double phi = portableExpm1(-(next.lambda - now.lambda));
    return weightedSum({{next.sigma / now.sigma, x}, {-next.alpha * phi, original_}});
  }
  const Level start = level(call - 1);
  const double h = next.lambda - start.lambda;
  const double r = (now.lambda - start.lambda) / h;
  const double phi = portableExpm1(-h);
  const double change = config_.solverType == "heun" ? next.alpha * (phi / h + 1) / r : -0.5 * next.alpha * phi / r;
  return weightedSum({{next.sigma / start.sigma, start_}, {-next.alpha * phi - change, original_}, {change, original}});
}

/// Every second step, except the last when it goes to zero noise or when an odd one is left.
bool DpmSinglestepScheduler::isSecondOrder(int call) const {
  const bool evenRun = callCount() % 2 == 0;
  const bool lowerOrderFinal = config_.lowerOrderFinal.value_or(false) || !evenRun || sigmas_.back() == 0;
  return call % 2 == 1 && !(lowerOrderFinal && call == callCount() - 1);
}

}  // namespace lorikeet
