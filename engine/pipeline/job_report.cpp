#include "pipeline/job_report.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

namespace lorikeet {
namespace {

constexpr const char* kStageNames[] = {"load", "text", "denoise", "decode"};

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

JobReport::JobReport(const GenerateCallbacks& callbacks, int imageCount) : callbacks_(callbacks) {
  progress_.imageCount = imageCount;
}

double JobReport::elapsedMs() const { return 1000 * secondsSince(start_); }

void JobReport::begin(Stage stage) {
  progress_.stage = stage;
  stageStart_ = Clock::now();
  send();
}

void JobReport::end(Stage stage) {
  stageMs_[static_cast<int>(stage)] += 1000 * secondsSince(stageStart_);
  ++stageCalls_[static_cast<int>(stage)];
}

void JobReport::beginImage(int imageIndex, int stepCount) {
  progress_.imageIndex = imageIndex;
  progress_.step = 0;
  progress_.stepCount = stepCount;
  lastStep_ = Clock::now();
}

void JobReport::beforeStep(int step) const {
  if (stepHook_) stepHook_(step, progress_.stepCount);
}

void JobReport::stepDone(int step) {
  // Samplers with two model calls report a step when it is complete; the first step of a job also warms caches up and
  // counts half, or the first estimate would be far too long.
  if (step > progress_.step) {
    stepSeconds_ += secondsSince(lastStep_);
    stepsTimed_ += step - progress_.step;
    lastStep_ = Clock::now();
  }
  progress_.step = step;
  progress_.secondsPerStep = stepsTimed_ > 0 ? stepSeconds_ / stepsTimed_ : 0;
  const int images = progress_.imageCount - progress_.imageIndex - 1;
  const double decodeSeconds =
      stageCalls_[3] > 0 ? stageMs_[3] / 1000 / static_cast<double>(stageCalls_[3]) : 2 * progress_.secondsPerStep;
  const int stepsLeft = progress_.stepCount - step + images * progress_.stepCount;
  progress_.secondsLeft = stepsLeft * progress_.secondsPerStep + (images + 1) * decodeSeconds;
  send();
}

void JobReport::send() {
  progress_.elapsedMs = elapsedMs();
  if (callbacks_.progress) callbacks_.progress(progress_);
}

void JobReport::latents(const std::string& name, const Tensor& values) const {
  if (!callbacks_.latents) return;
  Latents latents{name,
                  static_cast<int>(values.dim(1)),
                  static_cast<int>(values.dim(2)),
                  static_cast<int>(values.dim(3)),
                  {values.values().begin(), values.values().end()}};
  callbacks_.latents(progress_.imageIndex, latents);
}

std::vector<Timing> JobReport::timings(const Profiler& profiler) const {
  std::vector<Timing> timings;
  for (int i = 0; i < 4; ++i)
    if (stageCalls_[i] > 0) timings.push_back({kStageNames[i], stageCalls_[i], stageMs_[i], 0});
  const size_t stages = timings.size();
  for (const Profiler::Entry& entry : profiler.entries())
    timings.push_back({entry.name, entry.calls, entry.elapsedMs, entry.work.flops * 1e-9});
  std::sort(timings.begin() + static_cast<std::ptrdiff_t>(stages), timings.end(),
            [](const Timing& a, const Timing& b) { return a.elapsedMs > b.elapsedMs; });
  return timings;
}

int64_t peakMemoryBytes() {
  // Not getrusage: its peak is inherited from the program that started this one.
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtoll(line.c_str() + 6, nullptr, 10) * 1024;
  return 0;
}

}  // namespace lorikeet
