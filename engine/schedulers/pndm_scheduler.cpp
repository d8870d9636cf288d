#include "schedulers/pndm_scheduler.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "lorikeet/error.h"
#include "schedulers/latent_math.h"
#include "schedulers/timestep_table.h"

namespace lorikeet {
namespace {

constexpr int kRungeKuttaSteps = 3;
constexpr int kCallsPerRungeKuttaStep = 4;

}  // namespace

PndmScheduler::PndmScheduler(const SchedulerConfig& config, Spacing spacing, int steps)
    : VariancePreservingScheduler(config, steps),
      stride_(schedule_.trainTimesteps() / std::max(steps, 1)),
      finalAlpha_(config.setAlphaToOne.value_or(false) ? 1.0 : schedule_.alphasCumprod().front()) {
  auto table = spacedTimesteps(spacing, schedule_.trainTimesteps(), steps, config.stepsOffset);
  roundTimesteps(table);
  if (config.skipPrkSteps) {
    timesteps_.assign(table.begin(), table.end());
    if (steps > 1) timesteps_.insert(timesteps_.begin() + 1, timesteps_[1]);
    return;
  }
  if (steps <= kRungeKuttaSteps)
    throw Error(
        ErrorKind::InvalidArgument,
        fmt::format("PLMS with a Runge-Kutta start needs at least {} steps, not {}.", kRungeKuttaSteps + 1, steps));
  rungeKuttaCalls_ = kRungeKuttaSteps * kCallsPerRungeKuttaStep;
  const int halfStride = stride_ / 2;
  for (int i = 0; i < kRungeKuttaSteps; ++i) {
    const double half = table[i + 1] + halfStride;
    for (const double timestep : {table[i], half, half, table[i + 1]})
      timesteps_.push_back(static_cast<float>(timestep));
  }
  timesteps_.insert(timesteps_.end(), table.begin() + kRungeKuttaSteps, table.end());
}

int PndmScheduler::stepsDone(int callsDone) const {
  if (callsDone >= callCount()) return stepCount_;
  if (rungeKuttaCalls_ == 0) return std::max(callsDone - 1, 0);
  if (callsDone < rungeKuttaCalls_) return callsDone / kCallsPerRungeKuttaStep;
  return kRungeKuttaSteps + callsDone - rungeKuttaCalls_;
}

Tensor PndmScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  Tensor next =
      callsMade_ < rungeKuttaCalls_ ? stepRungeKutta(prediction, x, call) : stepMultistep(prediction, x, call);
  ++callsMade_;
  return next;
}

Tensor PndmScheduler::stepRungeKutta(const Tensor& prediction, const Tensor& x, int call) {
  const int phase = callsMade_ % kCallsPerRungeKuttaStep;
  const int previous = timestepAt(call) - (callsMade_ % 2 == 0 ? stride_ / 2 : 0);
  const int timestep = timestepAt(callsMade_ - phase);
  if (phase == 0) {
    predictions_.push_front(prediction.clone());
    start_ = x.clone();
    sum_ = weightedSum({{1.0 / 6, prediction}});
    return transfer(start_, timestep, previous, prediction);
  }
  sum_ = weightedSum({{1, sum_}, {phase == kCallsPerRungeKuttaStep - 1 ? 1.0 / 6 : 1.0 / 3, prediction}});
  return transfer(start_, timestep, previous, phase == kCallsPerRungeKuttaStep - 1 ? sum_ : prediction);
}

Tensor PndmScheduler::stepMultistep(const Tensor& prediction, const Tensor& x, int call) {
  const int timestep = timestepAt(call);
  if (callsMade_ == 1) {  // the doubled step: the same step again with the mean of both predictions
    const Tensor mean = weightedSum({{0.5, prediction}, {0.5, predictions_.front()}});
    return transfer(start_, timestep + stride_, timestep, mean);
  }
  predictions_.push_front(prediction.clone());
  if (predictions_.size() > 4) predictions_.pop_back();
  if (callsMade_ == 0) start_ = x.clone();
  return transfer(x, timestep, timestep - stride_, combinedPredictions());
}

/// Adams-Bashforth of as many predictions as there are.
Tensor PndmScheduler::combinedPredictions() const {
  const auto& p = predictions_;
  switch (p.size()) {
    case 1:
      return p[0].clone();
    case 2:
      return weightedSum({{3.0 / 2, p[0]}, {-1.0 / 2, p[1]}});
    case 3:
      return weightedSum({{23.0 / 12, p[0]}, {-16.0 / 12, p[1]}, {5.0 / 12, p[2]}});
    default:
      return weightedSum({{55.0 / 24, p[0]}, {-59.0 / 24, p[1]}, {37.0 / 24, p[2]}, {-9.0 / 24, p[3]}});
  }
}

/// Formula 9 of the paper.
Tensor PndmScheduler::transfer(const Tensor& x, int timestep, int previousTimestep, const Tensor& prediction) const {
  const double alpha = alphaCumprod(std::min(timestep, schedule_.trainTimesteps() - 1));
  const double alphaPrevious = alphaCumprod(previousTimestep, finalAlpha_);
  const double divisor = alpha * std::sqrt(1 - alphaPrevious) + std::sqrt(alpha * (1 - alpha) * alphaPrevious);
  const Tensor epsilon =
      noiseFromPrediction(config_.predictionType, prediction, x, std::sqrt(alpha), std::sqrt(1 - alpha));
  return weightedSum({{std::sqrt(alphaPrevious / alpha), x}, {-(alphaPrevious - alpha) / divisor, epsilon}});
}

}  // namespace lorikeet
