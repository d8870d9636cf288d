#include "schedulers/scheduler.h"

#include <algorithm>

namespace lorikeet {

int Scheduler::stepsDone(int callsDone) const {
  return callsDone >= callCount() ? stepCount_ : callsDone / callsPerStep_;
}

int Scheduler::firstCall(double strength) const {
  const int stepsLeft = std::clamp(static_cast<int>(stepCount_ * strength), 0, stepCount_);
  return stepsLeft == 0 ? callCount() : (stepCount_ - stepsLeft) * callsPerStep_;
}

void Scheduler::prepare(Tensor& /*x*/, int /*call*/, NoiseGenerator& /*noise*/) {}

}  // namespace lorikeet
