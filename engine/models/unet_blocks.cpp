#include "models/unet_blocks.h"

#include <fmt/format.h>

namespace lorikeet {
namespace {

Transformer2d makeTransformer(const LayerSource& source, const UNetConfig& config, size_t index) {
  const UNetConfig::Level& level = config.levels[index];
  return {source,    level.channels, config.contextWidth, level.heads, level.transformerDepth, config.normGroups,
          index == 0};
}

std::string item(const char* list, size_t index) { return fmt::format("{}.{}", list, index); }

}  // namespace

DownBlock::DownBlock(const LayerSource& source, const UNetConfig& config, size_t index) {
  const UNetConfig::Level& level = config.levels[index];
  const int64_t before = index == 0 ? level.channels : config.levels[index - 1].channels;
  for (int i = 0; i < level.layers; ++i) {
    resnets_.emplace_back(source.scope(item("resnets", i)), i == 0 ? before : level.channels, level.channels,
                          config.timeChannels(), config.normGroups, config.normEpsilon);
    if (level.hasAttention) attentions_.push_back(makeTransformer(source.scope(item("attentions", i)), config, index));
  }
  if (index + 1 < config.levels.size())
    downsampler_.emplace(source.scope("downsamplers.0.conv"), level.channels, level.channels, kDownsample);
}

void DownBlock::operator()(const ExecutionContext& context, std::vector<Tensor>& skips,
                           const BlockInputs& inputs) const {
  for (size_t i = 0; i < resnets_.size(); ++i) {
    Tensor h = resnets_[i](context, skips.back(), &inputs.activatedTime);
    if (!attentions_.empty()) h = attentions_[i](context, h, inputs.text);
    skips.push_back(std::move(h));
  }
  if (downsampler_) skips.push_back((*downsampler_)(context, skips.back()));
}

MidBlock::MidBlock(const LayerSource& source, const UNetConfig& config)
    : first_(source.scope("resnets.0"), config.levels.back().channels, config.levels.back().channels,
             config.timeChannels(), config.normGroups, config.normEpsilon),
      second_(source.scope("resnets.1"), config.levels.back().channels, config.levels.back().channels,
              config.timeChannels(), config.normGroups, config.normEpsilon) {
  const UNetConfig::Level& level = config.levels.back();
  if (config.midHasAttention)
    attention_.emplace(source.scope("attentions.0"), level.channels, config.contextWidth, level.heads,
                       level.transformerDepth, config.normGroups);
}

Tensor MidBlock::operator()(const ExecutionContext& context, const Tensor& x, const BlockInputs& inputs) const {
  Tensor h = first_(context, x, &inputs.activatedTime);
  if (attention_) h = (*attention_)(context, h, inputs.text);
  return second_(context, h, &inputs.activatedTime);
}

UpBlock::UpBlock(const LayerSource& source, const UNetConfig& config, size_t index) {
  const UNetConfig::Level& level = config.levels[index];
  const bool coarsest = index + 1 == config.levels.size();
  const int64_t before = coarsest ? level.channels : config.levels[index + 1].channels;
  const int64_t lastSkip = index == 0 ? level.channels : config.levels[index - 1].channels;
  const int layers = level.layers + 1;
  for (int i = 0; i < layers; ++i) {
    const int64_t own = i == 0 ? before : level.channels;
    const int64_t skip = i + 1 == layers ? lastSkip : level.channels;
    resnets_.emplace_back(source.scope(item("resnets", i)), own + skip, level.channels, config.timeChannels(),
                          config.normGroups, config.normEpsilon);
    if (level.hasAttention) attentions_.push_back(makeTransformer(source.scope(item("attentions", i)), config, index));
  }
  if (index > 0) upsampler_.emplace(source.scope("upsamplers.0.conv"), level.channels, level.channels);
}

Tensor UpBlock::layer(const ExecutionContext& context, size_t index, const Tensor& x, const Tensor& skip,
                      const BlockInputs& inputs) const {
  Tensor h = resnets_[index](context, FeatureMap(x, skip), &inputs.activatedTime);
  return attentions_.empty() ? std::move(h) : attentions_[index](context, h, inputs.text);
}

Tensor UpBlock::lastLayer(const ExecutionContext& context, const Tensor& x, const Tensor& skip,
                          const BlockInputs& inputs) const {
  return layer(context, resnets_.size() - 1, x, skip, inputs);
}

Tensor UpBlock::operator()(const ExecutionContext& context, Tensor x, std::vector<Tensor>& skips,
                           const BlockInputs& inputs, Tensor* beforeLastLayer) const {
  for (size_t i = 0; i < resnets_.size(); ++i) {
    const Tensor skip = std::move(skips.back());
    skips.pop_back();
    if (beforeLastLayer != nullptr && i + 1 == resnets_.size()) *beforeLastLayer = x.clone();
    x = layer(context, i, x, skip, inputs);
  }
  if (!upsampler_) return x;
  const Tensor& next = skips.back();
  return (*upsampler_)(context, x, {.enlargedHeight = next.dim(1), .enlargedWidth = next.dim(2)});
}

}  // namespace lorikeet
