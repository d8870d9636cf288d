#include "models/unet.h"

#include <fmt/format.h>

#include <cstring>

#include "ops/elementwise.h"

namespace lorikeet {
namespace {

/// The same row for every image of a batch.
Tensor repeatRows(const Tensor& row, int64_t count) {
  Tensor y({count, row.dim(-1)});
  for (int64_t i = 0; i < count; ++i) std::memcpy(y.data() + i * row.dim(-1), row.data(), row.size() * sizeof(float));
  return y;
}

}  // namespace

UNet::UNet(const ExecutionContext& context, const WeightStore& weights, const UNetConfig& config, WeightStorage storage)
    : UNet(LayerSource(context, weights.root(), storage), config) {}

UNet::UNet(const LayerSource& source, const UNetConfig& config)
    : config_(config),
      parameters_(source.table()),
      convIn_(source.scope("conv_in"), config.inChannels, config.levels.front().channels),
      timeEmbedding_(source.scope("time_embedding"), config.levels.front().channels, config.timeChannels(),
                     config.flipSinToCos, config.frequencyShift),
      midBlock_(source.scope("mid_block"), config),
      normOut_(source.scope("conv_norm_out"), config.normGroups, config.levels.front().channels, config.normEpsilon),
      convOut_(source.scope("conv_out"), config.levels.front().channels, config.outChannels) {
  const size_t levels = config.levels.size();
  for (size_t i = 0; i < levels; ++i)
    downBlocks_.emplace_back(source.scope(fmt::format("down_blocks.{}", i)), config, i);
  for (size_t i = 0; i < levels; ++i)
    upBlocks_.emplace_back(source.scope(fmt::format("up_blocks.{}", i)), config, levels - 1 - i);
}

Tensor UNet::activatedTime(const ExecutionContext& context, float timestep, int64_t rows) const {
  Tensor time = repeatRows(timeEmbedding_(context, {&timestep, 1}), rows);
  activateInPlace(context, time, Activation::Silu);
  return time;
}

Tensor UNet::operator()(const ExecutionContext& context, const Tensor& sample, float timestep, const Tensor& text,
                        const ControlResiduals* control, InnerResult* inner) const {
  CHECK(sample.dim(3) == config_.inChannels && text.dim(0) == sample.dim(0) && text.dim(2) == config_.contextWidth);
  const Tensor time = activatedTime(context, timestep, sample.dim(0));
  const BlockInputs inputs{time, text};

  std::vector<Tensor> skips;
  skips.push_back(convIn_(context, sample));
  for (const DownBlock& block : downBlocks_) block(context, skips, inputs);
  Tensor h = midBlock_(context, skips.back(), inputs);
  if (control != nullptr) {
    CHECK(control->down.size() == skips.size());
    for (size_t i = 0; i < skips.size(); ++i) addInPlace(context, skips[i], control->down[i]);
    addInPlace(context, h, control->mid);
  }
  if (inner != nullptr) inner->control = control != nullptr ? control->down.front().clone() : Tensor();
  Tensor* beforeLastLayer = nullptr;
  for (const UpBlock& block : upBlocks_) {
    if (inner != nullptr && &block == &upBlocks_.back()) beforeLastLayer = &inner->map;
    h = block(context, std::move(h), skips, inputs, beforeLastLayer);
  }
  return convOut_(context, normOut_(context, h, true));
}

Tensor UNet::outerLayers(const ExecutionContext& context, const Tensor& sample, float timestep, const Tensor& text,
                         const InnerResult& inner) const {
  CHECK(inner.map.dim(0) == sample.dim(0));
  const Tensor time = activatedTime(context, timestep, sample.dim(0));
  Tensor skip = convIn_(context, sample);
  if (!inner.control.empty()) addInPlace(context, skip, inner.control);
  const Tensor h = upBlocks_.back().lastLayer(context, inner.map, skip, {time, text});
  return convOut_(context, normOut_(context, h, true));
}

}  // namespace lorikeet
