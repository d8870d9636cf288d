#include "schedulers/scheduler.h"

#include <algorithm>

namespace lorikeet {

int Scheduler::stepsDone(int callsDone) const {
  return callsDone >= callCount() ? stepCount_ : callsDone / callsPerStep_;
}

double Scheduler::shareDone(int callsDone, int first) const {
  return callsDone >= callCount() ? 1 : static_cast<double>(callsDone - first) / (callCount() - first);
}

int Scheduler::stepsLeft(double strength) const {
  return std::clamp(static_cast<int>(stepCount_ * strength), 0, stepCount_);
}

int Scheduler::firstCall(double strength) const {
  const int left = stepsLeft(strength);
  return left == 0 ? callCount() : (stepCount_ - left) * callsPerStep_;
}

void Scheduler::prepare(Tensor& /*x*/, int /*call*/, NoiseGenerator& /*noise*/) {}

}  // namespace lorikeet
