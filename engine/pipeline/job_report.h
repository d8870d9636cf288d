#pragma once
#include <chrono>
#include <functional>

#include "core/profiler.h"
#include "core/tensor.h"
#include "lorikeet/result.h"

namespace lorikeet {

/// Keeps the clock of one job: stage timings, speed and time left, and passes them to the caller's callbacks.
class JobReport {
 public:
  JobReport(const GenerateCallbacks& callbacks, int imageCount);

  /// Called by beforeStep() with the number of steps that are done and their count.
  using StepHook = std::function<void(int step, int stepCount)>;
  void setStepHook(StepHook hook) { stepHook_ = std::move(hook); }

  void begin(Stage stage);
  void end(Stage stage);
  void beginImage(int imageIndex, int stepCount);
  /// Before the model's first call of a step; steps that need none have no hook.
  void beforeStep(int step) const;
  void stepDone(int step);
  void latents(const std::string& name, const Tensor& values) const;
  const GenerateCallbacks& callbacks() const { return callbacks_; }
  int imageIndex() const { return progress_.imageIndex; }
  double elapsedMs() const;
  /// Stages first, then kinds of layers by falling time.
  std::vector<Timing> timings(const Profiler& profiler) const;

 private:
  using Clock = std::chrono::steady_clock;
  void send();
  const GenerateCallbacks& callbacks_;
  StepHook stepHook_;
  Progress progress_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point stageStart_;
  Clock::time_point lastStep_;
  double stepSeconds_ = 0;  ///< sum over stepsTimed_
  int stepsTimed_ = 0;
  double stageMs_[4] = {};
  int64_t stageCalls_[4] = {};
};

/// Peak resident size of this process in bytes.
int64_t peakMemoryBytes();

}  // namespace lorikeet
