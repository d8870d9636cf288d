#include "schedulers/dpm_multistep_scheduler.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/portable_math.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

DpmMultistepScheduler::DpmMultistepScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec,
                                             const Variant& variant)
    : LogSnrScheduler(config, spec), variant_(variant) {
  CHECK(variant.order >= 1 && variant.order <= (variant.stochastic ? 2 : 3));
}

Tensor DpmMultistepScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  originals_.push_front(limitedOriginal(prediction, x, call));
  if (static_cast<int>(originals_.size()) > variant_.order) originals_.pop_back();
  const Level now = level(call);
  const Level next = level(call + 1);
  const double h = next.lambda - now.lambda;
  const double eta = variant_.stochastic ? variant_.eta : 0;
  const double c = -(1 + eta) * h;
  const double keep = next.sigma / now.sigma * (eta > 0 ? portableExp(-eta * h) : 1);
  const auto w = originalWeights(call, h, c);
  const auto original = [&](size_t i) -> const Tensor& { return originals_[std::min(i, originals_.size() - 1)]; };
  if (!variant_.stochastic)
    return weightedSum({{keep, x}, {w[0], original(0)}, {w[1], original(1)}, {w[2], original(2)}});
  const Tensor fresh = drawNoise(noise, x.shape());
  const double deviation = variant_.noiseScale * next.sigma * std::sqrt(eta > 0 ? -portableExpm1(-2 * eta * h) : 0);
  return weightedSum({{keep, x}, {w[0], original(0)}, {w[1], original(1)}, {deviation, fresh}});
}

/// Weights of the clean latents, newest first. With c = -h for the ordinary equation and c = -2h for the stochastic one
/// both have the same form: the newest come in with 1 - e^c, and divided differences correct for slope and curvature.
std::array<double, 3> DpmMultistepScheduler::originalWeights(int call, double h, double c) const {
  const int order = orderOfStep(call);
  const double alpha = level(call + 1).alpha;
  const double phi = portableExpm1(c);
  if (order == 1) return {-alpha * phi, 0, 0};
  const double r0 = (level(call).lambda - level(call - 1).lambda) / h;
  const bool midpoint = variant_.type == SolverType::Midpoint && order == 2;
  const double first = alpha * (midpoint ? -0.5 * phi : 1 - phi / c);
  if (order == 2) return {-alpha * phi + first / r0, -first / r0, 0};
  const double r1 = (level(call - 1).lambda - level(call - 2).lambda) / h;
  const double second = -alpha * ((phi - c) / (c * c) - 0.5);
  const double mixed = (first * r0 + second) / (r0 + r1);
  const double toNewest = (first + mixed) / r0;
  const double toOldest = mixed / r1;
  return {-alpha * phi + toNewest, -toNewest - toOldest, toOldest};
}

int DpmMultistepScheduler::orderOfStep(int call) const {
  constexpr int kShortRun = 15;  // diffusers lowers the order at the end of runs shorter than this
  const bool shortRun = config_.lowerOrderFinal.value_or(true) && callCount() < kShortRun;
  int order = std::min(variant_.order, static_cast<int>(originals_.size()));
  if (call == callCount() - 1 && (config_.eulerAtFinal || shortRun || sigmas_.back() == 0)) order = 1;
  if (call == callCount() - 2 && shortRun) order = std::min(order, 2);
  return order;
}

}  // namespace lorikeet
