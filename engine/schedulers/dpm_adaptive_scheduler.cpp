#include "schedulers/dpm_adaptive_scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/portable_math.h"
#include "lorikeet/error.h"
#include "schedulers/ancestral_step.h"
#include "schedulers/latent_math.h"

namespace lorikeet {
namespace {

constexpr int kSolverOrder = 3;
constexpr double kEndTolerance = 1e-5;  // in log sigma
constexpr int kMostCalls = 5000;        // a model that answers nonsense must not hold the window for ever

}  // namespace

DpmAdaptiveScheduler::DpmAdaptiveScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec,
                                           const SchedulerOptions& options)
    : StagedScheduler(config, spec, Table::FromStart, options.strength),
      eta_(options.sampling.ancestralEta),
      noiseScale_(options.sampling.churn.noise) {
  if (tableSteps() == 0) return;
  range_ = solverRange(schedule_, sigmas_, options.strength);
  if (range_.low >= range_.high) range_.low = 0;
  sigmas_ = {static_cast<float>(range_.high), static_cast<float>(range_.low)};
  sigma_ = range_.high;
  addCall(sigma_, 0, 0);
}

double DpmAdaptiveScheduler::shareDone(int callsDone, int /*first*/) const {
  if (callsDone >= callCount()) return 1;
  return range_.low > 0 ? portableLog(range_.high / callAt(callsDone).sigma) / portableLog(range_.high / range_.low)
                        : 0;
}

Tensor DpmAdaptiveScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  const auto [level, step, stage] = callAt(call);
  if (range_.low == 0) return originalAt(prediction, x, level);  // one level was left of the table
  if (stage == 0) {
    start_ = x.clone();
    if (lastLow_.empty()) lastLow_ = x.clone();
    noises_.clear();
  }
  noises_.push_back(derivative(prediction, x, level));
  if (stage == 0) plan();
  if (static_cast<int>(noises_.size()) < kSolverOrder) {
    askForNext();
    return solver_.inner(start_, noises_);
  }
  Tensor low = solver_.lowerEnd(start_, noises_);
  Tensor high = solver_.end(start_, noises_);
  if (!accepts(low, high)) {
    noises_.resize(1);  // the model's answer at the beginning stays good
    plan();
    askForNext();
    return solver_.inner(start_, noises_);
  }
  lastLow_ = std::move(low);
  sigma_ = end_;
  if (portableLog(sigma_ / range_.low) > kEndTolerance) addCall(sigma_, partDone(), 0);
  return weightedSum({{1, high}, {noiseScale_ * up_, drawNoise(noise, x.shape())}});
}

/// The solver step from where x is over the width that the error allows.
void DpmAdaptiveScheduler::plan() {
  end_ = std::max(range_.low, sigma_ * portableExp(-width_));
  const double down = std::max(ancestralStep(sigma_, end_, eta_).down, range_.low);
  up_ = std::sqrt(std::max(end_ * end_ - down * down, 0.0));
  solver_ = DpmSolverStep(sigma_, down, kSolverOrder);
}

void DpmAdaptiveScheduler::askForNext() {
  const int inner = static_cast<int>(noises_.size());
  if (callCount() >= kMostCalls)
    throw Error(
        ErrorKind::Unsupported,
        fmt::format("DPM adaptive did not reach the end in {} model calls; choose another sampler.", kMostCalls));
  addCall(solver_.sigma(inner), partDone(), inner);
}

int DpmAdaptiveScheduler::partDone() const {
  const double share = portableLog(range_.high / sigma_) / portableLog(range_.high / range_.low);
  return std::min(static_cast<int>(stepCount_ * share), stepCount_ - 1);
}

/// k-diffusion's PIDStepSizeController with its integral part alone; also sets the width of the next step.
bool DpmAdaptiveScheduler::accepts(const Tensor& low, const Tensor& high) {
  constexpr double kRelative = 0.05;
  constexpr double kAbsolute = 0.0078;
  constexpr double kSafety = 0.81;
  double sum = 0;
  for (size_t i = 0; i < low.size(); ++i) {
    const double allowed = std::max(kAbsolute, kRelative * std::max<double>(std::fabs(low[i]), std::fabs(lastLow_[i])));
    const double error = (static_cast<double>(low[i]) - high[i]) / allowed;
    sum += error * error;
  }
  const double error = std::sqrt(sum / static_cast<double>(low.size()));
  if (!std::isfinite(error))
    throw Error(ErrorKind::Unsupported,
                "The sampler left the range of numbers (NaN); lower the guidance or choose another sampler.");
  const double order = eta_ > 0 ? 1.5 : kSolverOrder;
  const double wanted = portablePow(1 / (error + 1e-8), 1 / order);
  const double factor = 1 + portableAtan(wanted - 1);
  width_ *= factor;
  return factor >= kSafety;
}

}  // namespace lorikeet
