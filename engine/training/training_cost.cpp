#include "training/training_cost.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <mutex>

#include "core/execution_context.h"
#include "ops/matmul.h"

namespace lorikeet {
namespace {

constexpr double kMeasuringSeconds = 0.5;
constexpr double kRepeatedMeasuringSeconds = 0.05;

/// Adds layers up.
class CostSum {
 public:
  /// Weights that every pixel or token passes.
  void product(double weights, double rows) {
    cost_.forwardFlops += 2 * weights * rows;
    cost_.backwardFlops += 2 * weights * rows;
  }
  void attention(double queries, double keys, double width) {
    cost_.forwardFlops += 4 * queries * keys * width;
    cost_.backwardFlops += 10 * queries * keys * width;
  }
  /// A block that is one checkpoint: what it keeps for its way back, what it reads, and what passes by meanwhile.
  void block(int64_t kept, int64_t input, int64_t passing) {
    cost_.keptFloats += kept;
    cost_.checkpointFloats += input;
    largest_ = std::max(largest_, kept);
    cost_.passingFloats = std::max(cost_.passingFloats, passing);
  }
  TrainingCost result() const {
    TrainingCost cost = cost_;
    cost.checkpointFloats += largest_;
    return cost;
  }

 private:
  TrainingCost cost_;
  int64_t largest_ = 0;
};

void addResnet(CostSum& sum, int64_t inputs, int64_t outputs, int64_t pixels) {
  const double weights = 9.0 * static_cast<double>(inputs * outputs) + 9.0 * static_cast<double>(outputs * outputs) +
                         (inputs != outputs ? static_cast<double>(inputs * outputs) : 0);
  sum.product(weights, static_cast<double>(pixels));
  sum.block(pixels * (inputs + 2 * outputs), pixels * inputs, pixels * 3 * (inputs + outputs));
}

void addTransformer(CostSum& sum, const UNetConfig& config, const UNetConfig::Level& level, int64_t pixels,
                    int64_t tokens) {
  const auto width = static_cast<double>(level.channels), rows = static_cast<double>(pixels);
  const auto texts = static_cast<double>(tokens);
  sum.product(2 * width * width, rows);
  for (int i = 0; i < level.transformerDepth; ++i) {
    sum.product((4 + 2 + 8 + 4) * width * width, rows);
    sum.product(2 * width * static_cast<double>(config.contextWidth), texts);
    sum.attention(rows, rows, width);
    sum.attention(rows, texts, width);
  }
  const int64_t map = pixels * level.channels;
  sum.block(map * (3 + 23 * level.transformerDepth), map, map * 30);
}

void addLayer(CostSum& sum, const UNetConfig& config, const UNetConfig::Level& level, int64_t inputs, int64_t pixels,
              int64_t tokens) {
  addResnet(sum, inputs, level.channels, pixels);
  if (level.hasAttention) addTransformer(sum, config, level, pixels, tokens);
}

}  // namespace

TrainingCost unetCost(const UNetConfig& config, int64_t latentHeight, int64_t latentWidth, int64_t tokens) {
  CostSum sum;
  const size_t levels = config.levels.size();
  std::vector<int64_t> pixels;
  for (size_t i = 0; i < levels; ++i) {
    pixels.push_back(latentHeight * latentWidth);
    latentHeight = (latentHeight + 1) / 2;
    latentWidth = (latentWidth + 1) / 2;
  }
  std::vector<std::pair<int64_t, size_t>> skips{{config.levels.front().channels, 0}};
  for (size_t i = 0; i < levels; ++i) {
    const UNetConfig::Level& level = config.levels[i];
    for (int layer = 0; layer < level.layers; ++layer) {
      addLayer(sum, config, level, skips.back().first, pixels[i], tokens);
      skips.emplace_back(level.channels, i);
    }
    if (i + 1 == levels) continue;
    sum.product(9.0 * static_cast<double>(level.channels * level.channels), static_cast<double>(pixels[i + 1]));
    skips.emplace_back(level.channels, i + 1);
  }
  const UNetConfig::Level& coarsest = config.levels.back();
  int64_t channels = coarsest.channels;
  addResnet(sum, channels, channels, pixels.back());
  if (config.midHasAttention) addTransformer(sum, config, coarsest, pixels.back(), tokens);
  addResnet(sum, channels, channels, pixels.back());
  for (size_t i = levels; i-- > 0;) {
    const UNetConfig::Level& level = config.levels[i];
    for (int layer = 0; layer <= level.layers; ++layer) {
      addLayer(sum, config, level, channels + skips.back().first, pixels[i], tokens);
      skips.pop_back();
      channels = level.channels;
    }
    if (i > 0) sum.product(9.0 * static_cast<double>(channels * channels), static_cast<double>(pixels[i - 1]));
  }
  return sum.result();
}

TrainingCost textCost(const ClipTextConfig& config, int64_t tokens) {
  CostSum sum;
  const auto width = static_cast<double>(config.width), rows = static_cast<double>(tokens);
  for (int i = 0; i < config.layers; ++i) {
    sum.product(4 * width * width + 2 * width * static_cast<double>(config.feedForwardWidth), rows);
    sum.attention(rows, static_cast<double>(config.positions), width);
    sum.block(tokens * (9 * config.width + 2 * config.feedForwardWidth), tokens * config.width,
              tokens * 4 * config.feedForwardWidth);
  }
  return sum.result();
}

double measureProductSpeed(int threads, const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t kRows = 1344, kInner = 1024, kColumns = 1024;
  ThreadPool pool(threads);
  const ExecutionContext context(pool, stop);
  const Tensor x = Tensor::zeros({kRows, kInner}), w = Tensor::zeros({kColumns, kInner});
  const PackedWeights packed = PackedWeights::pack(context, w.shape(), w.data());
  static std::mutex mutex;
  static std::map<int, double> fastest;  // by threads
  const std::lock_guard lock(mutex);
  const bool isKnown = fastest.contains(threads);
  double best = isKnown ? fastest[threads] : std::numeric_limits<double>::max();
  double spent = 0;
  while (spent < (isKnown ? kRepeatedMeasuringSeconds : kMeasuringSeconds)) {
    const Clock::time_point start = Clock::now();
    matmul(context, x, packed);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::min(best, seconds);
    spent += seconds;
  }
  fastest[threads] = best;
  return 2e-9 * kRows * kInner * kColumns / best;
}

}  // namespace lorikeet
