#include "schedulers/staged_scheduler.h"

#include <algorithm>

namespace lorikeet {

StagedScheduler::StagedScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, Table table,
                                 double strength)
    : SigmaScheduler(config, spec), tableTimesteps_(std::move(timesteps_)), table_(table) {
  timesteps_.clear();
  if (table == Table::Whole) return;
  const int skipped = stepCount_ - stepsLeft(strength);
  sigmas_.erase(sigmas_.begin(), sigmas_.begin() + skipped);
  tableTimesteps_.erase(tableTimesteps_.begin(), tableTimesteps_.begin() + skipped);
  stepCount_ -= skipped;
}

int StagedScheduler::stepsDone(int callsDone) const {
  return callsDone >= callCount() ? stepCount_ : callAt(callsDone).step;
}

int StagedScheduler::firstCall(double strength) const {
  if (table_ == Table::FromStart) return stepCount_ > 0 ? 0 : callCount();
  const int skipped = stepCount_ - stepsLeft(strength);
  int call = 0;
  while (call < callCount() && callAt(call).step < skipped) ++call;
  return call;
}

void StagedScheduler::addCall(double sigma, int step, int stage) {
  calls_.push_back({sigma, step, stage});
  timesteps_.push_back(static_cast<float>(schedule_.timestepOf(sigma)));
}

void StagedScheduler::addTableCall(int entry, int step, int stage) {
  calls_.push_back({sigmas_[entry], step, stage});
  timesteps_.push_back(tableTimesteps_[entry]);
}

}  // namespace lorikeet
