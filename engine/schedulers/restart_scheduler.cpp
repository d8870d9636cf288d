#include "schedulers/restart_scheduler.h"

#include <cmath>

#include "core/check.h"
#include "schedulers/latent_math.h"

namespace lorikeet {
namespace {

/// Index of the level that is nearest to a wanted one.
int nearestLevel(const std::vector<double>& levels, double wanted) {
  int nearest = 0;
  for (int i = 1; i < static_cast<int>(levels.size()); ++i)
    if (std::fabs(levels[i] - wanted) < std::fabs(levels[nearest] - wanted)) nearest = i;
  return nearest;
}

}  // namespace

RestartScheduler::RestartScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec,
                                   const SchedulerOptions& options)
    : StagedScheduler(config, spec, Table::FromStart, options.strength),
      noiseScale_(options.sampling.churn.noise),
      legs_(legsWithRestarts()) {
  stepCount_ = static_cast<int>(legs_.size());
  for (int i = 0; i < stepCount_; ++i) {
    addCall(legs_[i].from, i, 0);
    if (legs_[i].to > 0) addCall(legs_[i].to, i, 1);
  }
}

void RestartScheduler::prepare(Tensor& x, int call, NoiseGenerator& noise) {
  const double before = levelBefore(call);
  const double sigma = callAt(call).sigma;
  if (callAt(call).stage != 0 || before >= sigma) return;
  const Tensor fresh = drawNoise(noise, x.shape());
  x = weightedSum({{1, x}, {noiseScale_ * std::sqrt(sigma * sigma - before * before), fresh}});
}

Tensor RestartScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  const auto [sigma, step, stage] = callAt(call);
  const Leg& leg = legs_[step];
  Tensor slope = derivative(prediction, x, sigma);
  if (stage == 0) {
    start_ = x.clone();
    startSlope_ = std::move(slope);
    return weightedSum({{1, x}, {leg.to - leg.from, startSlope_}});
  }
  CHECK(!start_.empty());
  const double half = (leg.to - leg.from) / 2;
  return weightedSum({{1, start_}, {half, startSlope_}, {half, slope}});
}

/// Before a restart x still has the low level.
Tensor RestartScheduler::addNoise(const Tensor& original, const Tensor& noise, int call) const {
  if (call >= callCount()) return original.clone();
  return weightedSum({{1, original}, {callAt(call).stage == 0 ? levelBefore(call) : callAt(call).sigma, noise}});
}

std::vector<RestartScheduler::Leg> RestartScheduler::legsWithRestarts() const {
  constexpr int kFewestSteps = 20;
  constexpr int kTwoRestarts = 36;
  constexpr double kLow = 0.1;
  constexpr double kHigh = 2;
  std::vector<double> levels(sigmas_.begin(), sigmas_.end());
  const int steps = tableSteps();
  const int times = steps < kFewestSteps ? 0 : steps < kTwoRestarts ? 1 : 2;
  const int width = steps < kTwoRestarts ? 9 : steps / 4;
  if (times > 0) {
    levels = shapedSigmas(Schedule::Karras, sigmas_[steps - 1], sigmas_[0], steps - width * times);
    levels.push_back(0);
  }
  const int low = nearestLevel(levels, kLow);
  const int high = nearestLevel(levels, kHigh);
  std::vector<Leg> legs;
  for (int i = 0; i + 1 < static_cast<int>(levels.size()); ++i) {
    legs.push_back({levels[i], levels[i + 1]});
    if (times == 0 || i + 1 != low || high >= low) continue;
    const auto again = shapedSigmas(Schedule::Karras, levels[low], levels[high], width + 1);
    for (int restart = 0; restart < times; ++restart)
      for (int k = 0; k < width; ++k) legs.push_back({again[k], again[k + 1]});
  }
  return legs;
}

/// The level at which the leg before a leg's first call ended; the call's own for the first leg.
double RestartScheduler::levelBefore(int call) const {
  const int step = callAt(call).step;
  return step == 0 ? callAt(call).sigma : legs_[step - 1].to;
}

}  // namespace lorikeet
