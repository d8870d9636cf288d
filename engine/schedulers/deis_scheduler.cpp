#include "schedulers/deis_scheduler.h"

#include "core/portable_math.h"
#include "schedulers/latent_math.h"

namespace lorikeet {
namespace {

SigmaTableSpec endingAtSigmaMin(SigmaTableSpec spec) {
  spec.finalSigma = FinalSigma::SigmaMin;
  return spec;
}

/// The integral of Lagrange's polynomial in log rho, 1 at b and 0 at c.
double antiderivative(double rho, double b, double c) {
  return rho * (portableLog(rho) - portableLog(c) - 1) / (portableLog(b) - portableLog(c));
}

}  // namespace

DeisScheduler::DeisScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec)
    : LogSnrScheduler(config, endingAtSigmaMin(spec)) {}

Tensor DeisScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  constexpr int kShortRun = 15;
  const Level now = level(call);
  const Level next = level(call + 1);
  const Tensor original = limitedOriginal(prediction, x, call);
  Tensor epsilon = weightedSum({{1 / now.sigma, x}, {-now.alpha / now.sigma, original}});
  const bool lowerOrder = call == callCount() - 1 && config_.lowerOrderFinal.value_or(true) && callCount() < kShortRun;
  const double keep = next.alpha / now.alpha;
  Tensor result;
  if (previous_.empty() || lowerOrder) {
    result = weightedSum({{keep, x}, {-next.sigma * portableExpm1(next.lambda - now.lambda), epsilon}});
  } else {
    const double rhoNext = sigmas_[call + 1];
    const double rho = sigmas_[call];
    const double rhoBefore = sigmas_[call - 1];
    const double newer = antiderivative(rhoNext, rho, rhoBefore) - antiderivative(rho, rho, rhoBefore);
    const double older = antiderivative(rhoNext, rhoBefore, rho) - antiderivative(rho, rhoBefore, rho);
    result = weightedSum({{keep, x}, {next.alpha * newer, epsilon}, {next.alpha * older, previous_}});
  }
  previous_ = std::move(epsilon);
  return result;
}

}  // namespace lorikeet
