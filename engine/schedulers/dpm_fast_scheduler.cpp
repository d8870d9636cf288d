#include "schedulers/dpm_fast_scheduler.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/portable_math.h"
#include "schedulers/ancestral_step.h"
#include "schedulers/latent_math.h"

namespace lorikeet {
namespace {

/// Orders of solver steps that call the model `calls` times: third order, the rest in the last ones.
std::vector<int> solverOrders(int calls) {
  const int legs = calls / 3 + 1;
  std::vector<int> orders(static_cast<size_t>(legs), 3);
  if (calls % 3 != 0) {
    orders.back() = calls % 3;
  } else {
    orders.back() = 1;
    orders[orders.size() - 2] = 2;
  }
  return orders;
}

}  // namespace

SigmaRange solverRange(const NoiseSchedule& noise, std::span<const float> sigmas, double strength) {
  if (strength >= 1) return {noise.sigmas().back(), noise.sigmas().front()};
  const float last = sigmas.back() > 0 ? sigmas.back() : sigmas[sigmas.size() - 2];
  return {sigmas.front(), last};
}

DpmFastScheduler::DpmFastScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec,
                                   const SchedulerOptions& options)
    : StagedScheduler(config, spec, Table::FromStart, options.strength), noiseScale_(options.sampling.churn.noise) {
  const int calls = tableSteps();
  if (calls == 0) return;
  const auto [high, low] = solverRange(schedule_, sigmas_, options.strength);
  sigmas_ = {static_cast<float>(high), static_cast<float>(low)};
  stepCount_ = calls;
  if (high <= low) {  // one level is left: all of its noise goes in one step
    addLeg(high, 0, 0, 1, 0);
    return;
  }
  const std::vector<int> orders = solverOrders(calls);
  const double width = (portableLog(high) - portableLog(low)) / static_cast<double>(orders.size());
  double from = high;
  for (size_t i = 0; i < orders.size(); ++i) {
    const double to = i + 1 == orders.size() ? low : high * portableExp(-width * static_cast<double>(i + 1));
    addLeg(from, to, low, orders[i], options.sampling.ancestralEta);
    from = to;
  }
  CHECK(callCount() == calls);
}

void DpmFastScheduler::addLeg(double from, double to, double lowest, int order, double eta) {
  const double down = std::max(ancestralStep(from, to, eta).down, lowest);
  const int leg = static_cast<int>(legs_.size());
  legs_.push_back({DpmSolverStep(from, down, order), std::sqrt(std::max(to * to - down * down, 0.0))});
  for (int i = 0; i < order; ++i) {
    addCall(legs_.back().solver.sigma(i), callCount(), i);
    legOfCall_.push_back(leg);
  }
}

Tensor DpmFastScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  const auto [sigma, step, stage] = callAt(call);
  const Leg& leg = legs_[legOfCall_[call]];
  if (stage == 0) {
    start_ = x.clone();
    noises_.clear();
  }
  CHECK(!start_.empty());
  noises_.push_back(derivative(prediction, x, sigma));
  if (stage + 1 < leg.solver.order()) return leg.solver.inner(start_, noises_);
  Tensor end = leg.solver.end(start_, noises_);
  if (leg.up <= 0) return end;
  return weightedSum({{1, end}, {noiseScale_ * leg.up, drawNoise(noise, x.shape())}});
}

}  // namespace lorikeet
