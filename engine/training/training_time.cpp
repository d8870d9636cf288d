#include "training/training_time.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <mutex>
#include <tuple>

#include "core/execution_context.h"
#include "ops/matmul.h"

namespace lorikeet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kMeasuringSeconds = 0.15;
constexpr double kRepeatedMeasuringSeconds = 0.03;
/// What is no product (norms, activations, sums of gradients) goes by the values that it reads and writes; fitted to
/// measured steps (tests/bench/REPORT.md).
constexpr double kSecondsPerKept = 4e-9;
/// AdamW and packing: memory's speed decides, not the processor's.
constexpr double kSecondsPerTrained = 2e-8;
/// Reading a model with the packing of its weights.
constexpr double kBytesLoadedPerSecond = 4e8;

double measuredSeconds(int threads, int64_t rows, int64_t width, double budget, const std::stop_token& stop) {
  ThreadPool pool(threads);
  const ExecutionContext context(pool, stop);
  const Tensor x = Tensor::zeros({rows, width}), w = Tensor::zeros({width, width});
  const PackedWeights packed = PackedWeights::pack(context, w.shape(), w.data());
  double best = std::numeric_limits<double>::max(), spent = 0;
  while (spent < budget) {
    const Clock::time_point start = Clock::now();
    matmul(context, x, packed);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::min(best, seconds);
    spent += seconds;
  }
  return best;
}

}  // namespace

double TrainingTime::flopsPerSecond(int64_t rows, int64_t width) const {
  constexpr int64_t kMostRows = 2048;  // more are not faster
  rows = std::clamp<int64_t>(rows, 1, kMostRows);
  static std::mutex mutex;
  static std::map<std::tuple<int, int64_t, int64_t>, double> fastest;
  const std::lock_guard lock(mutex);
  const auto key = std::tuple(threads_, rows, width);
  const auto known = fastest.find(key);
  const double budget = known == fastest.end() ? kMeasuringSeconds : kRepeatedMeasuringSeconds;
  double best = measuredSeconds(threads_, rows, width, budget, stop_);
  if (known != fastest.end()) best = std::min(best, known->second);
  fastest[key] = best;
  return 2 * static_cast<double>(rows) * static_cast<double>(width) * static_cast<double>(width) / best;
}

double TrainingTime::of(const TrainingCost& cost, bool checkpoints) const {
  double seconds = static_cast<double>(cost.keptFloats) * batch_ * kSecondsPerKept;
  for (const ProductWork& level : cost.work) {
    const double flops = (level.forward * (checkpoints ? 2 : 1) + level.backward) * batch_;
    seconds += flops / flopsPerSecond(level.rows * batch_, level.width);
  }
  return seconds;
}

double TrainingTime::ofOptimizer(int64_t parameters) { return static_cast<double>(parameters) * kSecondsPerTrained; }

double TrainingTime::ofPreparation(int64_t modelBytes, int64_t pictures, double flopsPerPicture) const {
  constexpr int64_t kRows = 1344, kWidth = 512;
  return static_cast<double>(modelBytes) / kBytesLoadedPerSecond +
         static_cast<double>(pictures) * flopsPerPicture / flopsPerSecond(kRows, kWidth);
}

}  // namespace lorikeet
