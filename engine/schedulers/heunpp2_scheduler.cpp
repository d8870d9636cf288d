#include "schedulers/heunpp2_scheduler.h"

#include <algorithm>

#include "core/check.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

HeunPp2Scheduler::HeunPp2Scheduler(const SchedulerConfig& config, const SigmaTableSpec& spec,
                                   const SchedulerOptions& options)
    : StagedScheduler(config, spec, Table::FromStart, options.strength) {
  for (int i = 0; i < tableSteps(); ++i) {
    addTableCall(i, i, 0);
    if (options.sampling.churn.churn > 0) raise(callCount() - 1, options.sampling.churn, tableSteps());
    for (int ahead = 1; ahead <= levelsAhead(i); ++ahead) addTableCall(i + ahead, i, ahead);
  }
}

Tensor HeunPp2Scheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  const auto [level, entry, stage] = callAt(call);
  const double sigma = modelSigma(call);
  if (stage == 0) {
    start_ = x.clone();
    slopes_.clear();
  }
  CHECK(!start_.empty());
  slopes_.push_back(derivative(prediction, x, sigma));
  const int ahead = levelsAhead(entry);
  if (stage < ahead) return weightedSum({{1, x}, {sigmas_[entry + stage + 1] - sigma, slopes_.back()}});

  const double whole = (ahead + 1) * static_cast<double>(sigmas_[0]);
  const double second = ahead >= 1 ? sigmas_[entry + 1] / whole : 0;
  const double third = ahead >= 2 ? sigmas_[entry + 2] / whole : 0;
  const double h = sigmas_[entry + 1] - modelSigma(call - stage);
  const auto slope = [&](size_t i) -> const Tensor& { return slopes_[std::min(i, slopes_.size() - 1)]; };
  return weightedSum(
      {{1, start_}, {h * (1 - second - third), slope(0)}, {h * second, slope(1)}, {h * third, slope(2)}});
}

int HeunPp2Scheduler::levelsAhead(int entry) const { return std::min(2, tableSteps() - 1 - entry); }

}  // namespace lorikeet
