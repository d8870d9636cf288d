#include "training/training_cost.h"

#include <algorithm>
#include <charconv>

namespace lorikeet {
namespace {

/// Adds layers up.
class CostSum {
 public:
  /// What follows belongs to a level of the network, with so many pixels or tokens and channels.
  void enter(int64_t rows, int64_t width) {
    const auto isIt = [&](const ProductWork& work) { return work.rows == rows && work.width == width; };
    const auto found = std::ranges::find_if(cost_.work, isIt);
    level_ = static_cast<size_t>(found - cost_.work.begin());
    if (found == cost_.work.end()) cost_.work.push_back({rows, width, 0, 0});
  }
  /// Weights that every pixel or token passes.
  void product(double weights, double rows) {
    cost_.work[level_].forward += 2 * weights * rows;
    cost_.work[level_].backward += 2 * weights * rows;
  }
  void attention(double queries, double keys, double width) {
    cost_.work[level_].forward += 4 * queries * keys * width;
    cost_.work[level_].backward += 10 * queries * keys * width;
  }
  /// A trained pair: into the weight on both ways, and the gradients of its two matrices.
  void lowRank(double weights, double rows) {
    cost_.work[level_].forward += 2 * weights * rows;
    cost_.work[level_].backward += 8 * weights * rows;
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
  size_t level_ = 0;
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

/// The number in "down_blocks.2.attentions...." after a prefix.
size_t numberAfter(const std::string& module, std::string_view prefix) {
  size_t number = 0;
  std::from_chars(module.data() + prefix.size(), module.data() + module.size(), number);
  return number;
}

/// The level of the UNet that a module belongs to.
size_t levelOf(const std::string& module, size_t levels) {
  constexpr std::string_view kDown = "down_blocks.", kUp = "up_blocks.";
  if (module.starts_with(kDown)) return std::min(numberAfter(module, kDown), levels - 1);
  if (module.starts_with(kUp)) return levels - 1 - std::min(numberAfter(module, kUp), levels - 1);
  return module.starts_with("mid_block.") ? levels - 1 : 0;
}

void addLowRank(CostSum& sum, const LowRankSettings& layer, const UNetConfig& config,
                const std::vector<int64_t>& pixels, int64_t tokens) {
  const size_t level = levelOf(layer.module, pixels.size());
  const bool isOfText = layer.module.ends_with("attn2.to_k") || layer.module.ends_with("attn2.to_v");
  const bool isOfTime = layer.module.find("time_emb") != std::string::npos;
  const int64_t rows = isOfText ? tokens : isOfTime ? 1 : pixels[level];
  const auto outputs = static_cast<double>(layer.weight[0]);
  const double inputs = static_cast<double>(layer.weight.elementCount()) / outputs;
  sum.enter(pixels[level], config.levels[level].channels);
  sum.lowRank(static_cast<double>(layer.rank) * (inputs + outputs), static_cast<double>(rows));
}

}  // namespace

TrainingCost unetCost(const UNetConfig& config, int64_t latentHeight, int64_t latentWidth, int64_t tokens,
                      std::span<const LowRankSettings> layers) {
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
    sum.enter(pixels[i], level.channels);
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
    sum.enter(pixels[i], level.channels);
    for (int layer = 0; layer <= level.layers; ++layer) {
      addLayer(sum, config, level, channels + skips.back().first, pixels[i], tokens);
      skips.pop_back();
      channels = level.channels;
    }
    if (i > 0) sum.product(9.0 * static_cast<double>(channels * channels), static_cast<double>(pixels[i - 1]));
  }
  for (const LowRankSettings& layer : layers)
    if (layer.part == NetworkPart::UNet) addLowRank(sum, layer, config, pixels, tokens);
  return sum.result();
}

TrainingCost textCost(const ClipTextConfig& config, int64_t tokens) {
  CostSum sum;
  const auto width = static_cast<double>(config.width), rows = static_cast<double>(tokens);
  sum.enter(tokens, config.width);
  for (int i = 0; i < config.layers; ++i) {
    sum.product(4 * width * width + 2 * width * static_cast<double>(config.feedForwardWidth), rows);
    sum.attention(rows, static_cast<double>(config.positions), width);
    sum.block(tokens * (9 * config.width + 2 * config.feedForwardWidth), tokens * config.width,
              tokens * 4 * config.feedForwardWidth);
  }
  return sum.result();
}

double encoderFlops(const AutoencoderConfig& config, int64_t height, int64_t width) {
  constexpr double kTaps = 9;
  double flops = 0, inputs = 3, pixels = static_cast<double>(height * width);
  const auto convolve = [&](double from, double to) { flops += 2 * kTaps * from * to * pixels; };
  convolve(inputs, static_cast<double>(config.channels.front()));
  inputs = static_cast<double>(config.channels.front());
  for (size_t i = 0; i < config.channels.size(); ++i) {
    const auto outputs = static_cast<double>(config.channels[i]);
    for (int layer = 0; layer < config.layers; ++layer, inputs = outputs) {
      convolve(inputs, outputs);
      convolve(outputs, outputs);
    }
    if (i + 1 == config.channels.size()) break;
    pixels /= 4;
    convolve(outputs, outputs);
  }
  for (int i = 0; i < 4; ++i) convolve(inputs, inputs);  // the two blocks in the middle
  if (config.hasMidAttention) flops += 8 * inputs * inputs * pixels + 4 * pixels * pixels * inputs;
  return flops;
}

}  // namespace lorikeet
