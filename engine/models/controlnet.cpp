#include "models/controlnet.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "io/checkpoint.h"
#include "io/model_part.h"
#include "io/tensor_file.h"
#include "ops/elementwise.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

constexpr const char* kHint = "controlnet_cond_embedding";
constexpr ConvolutionGeometry kHalve{3, 2, 1, 1, 0, 0};

/// The channels that a convolution turns into others, by its weight.
Shape convolutionShape(const LayerSource& source, const std::string& name) {
  const Shape shape = source.weights().get(name + ".weight").shape;
  if (shape.rank() != 4)
    throw Error(ErrorKind::Corrupt,
                fmt::format("{}: {}.weight has shape {}.", source.weights().source(), name, shape.toString()));
  return shape;
}

/// The convolutions that bring a control picture to the size of the latents; every second block halves it.
std::vector<Conv2d> hintLayers(const LayerSource& source, int64_t outputs) {
  const LayerSource hint = source.scope(kHint);
  std::vector<Conv2d> layers;
  Shape shape = convolutionShape(hint, "conv_in");
  if (shape[1] != 3)
    throw Error(ErrorKind::Unsupported,
                fmt::format("{}: this ControlNet wants control pictures with {} channels instead of 3.",
                            source.weights().source(), shape[1]));
  layers.emplace_back(hint.scope("conv_in"), shape[1], shape[0]);
  int64_t inputs = shape[0];
  for (int i = 0; hint.weights().hasModule(fmt::format("blocks.{}", i)); ++i) {
    const std::string name = fmt::format("blocks.{}", i);
    shape = convolutionShape(hint, name);
    layers.emplace_back(hint.scope(name), inputs, shape[0], i % 2 == 1 ? kHalve : ConvolutionGeometry{});
    inputs = shape[0];
  }
  layers.emplace_back(hint.scope("conv_out"), inputs, outputs);
  return layers;
}

std::vector<Linear> downProjections(const LayerSource& source, const UNetConfig& config) {
  std::vector<int64_t> channels = {config.levels.front().channels};
  for (size_t i = 0; i < config.levels.size(); ++i) {
    const UNetConfig::Level& level = config.levels[i];
    channels.insert(channels.end(), static_cast<size_t>(level.layers), level.channels);
    if (i + 1 < config.levels.size()) channels.push_back(level.channels);
  }
  std::vector<Linear> projections;
  for (size_t i = 0; i < channels.size(); ++i)
    projections.emplace_back(source.scope(fmt::format("controlnet_down_blocks.{}", i)), channels[i], channels[i]);
  return projections;
}

/// The tensors of a ControlNet under today's names.
ModelPart openControlNet(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    throw Error(ErrorKind::NotFound, fmt::format("The ControlNet \"{}\" does not exist.", path.string()));
  ModelPart part;
  if (fs::is_directory(path, ignored))
    part = readModelPart(path);
  else
    part.tensors = readTensorFile(path).tensors;
  TensorMap original = withoutPrefix(part.tensors, "control_model.");
  if (original.empty() && part.tensors.contains("input_hint_block.0.weight")) original = part.tensors;
  if (!original.empty()) part.tensors = canonicalControlNetFromOriginal(original);
  if (!part.tensors.contains(std::string(kHint) + ".conv_in.weight"))
    throw Error(ErrorKind::Unsupported,
                fmt::format("\"{}\" is not a ControlNet: among its {} tensors there is no {}.conv_in.weight.",
                            path.string(), part.tensors.size(), kHint));
  return part;
}

}  // namespace

std::unique_ptr<ControlNet> ControlNet::load(const ExecutionContext& context, const fs::path& path,
                                             WeightStorage storage) {
  ModelPart part = openControlNet(path);
  const std::string source = fmt::format("\"{}\"", path.string());
  const WeightStore weights(source, std::move(part.tensors));
  if (!part.config)
    return std::make_unique<ControlNet>(context, weights, UNetConfig::fromWeights(weights.root()), storage);
  if (part.config->value("global_pool_conditions", false))
    throw Error(ErrorKind::Unsupported,
                fmt::format("{}: ControlNets that pool their conditions (\"shuffle\") are not supported.", source));
  return std::make_unique<ControlNet>(context, weights, UNetConfig::fromJson(*part.config, source), storage);
}

ControlNet::ControlNet(const ExecutionContext& context, const WeightStore& weights, const UNetConfig& config,
                       WeightStorage storage)
    : ControlNet(LayerSource(context, weights.root(), storage), config) {}

ControlNet::ControlNet(const LayerSource& source, const UNetConfig& config)
    : config_(config),
      parameters_(source.table()),
      convIn_(source.scope("conv_in"), config.inChannels, config.levels.front().channels),
      timeEmbedding_(source.scope("time_embedding"), config.levels.front().channels, config.timeChannels(),
                     config.flipSinToCos, config.frequencyShift),
      hintLayers_(hintLayers(source, config.levels.front().channels)),
      midBlock_(source.scope("mid_block"), config),
      downProjections_(downProjections(source, config)),
      midProjection_(source.scope("controlnet_mid_block"), config.levels.back().channels,
                     config.levels.back().channels) {
  for (size_t i = 0; i < config.levels.size(); ++i)
    downBlocks_.emplace_back(source.scope(fmt::format("down_blocks.{}", i)), config, i);
}

Tensor ControlNet::embed(const ExecutionContext& context, const Tensor& map) const {
  Tensor h = map.clone();
  for (size_t i = 0; i < hintLayers_.size(); ++i)
    h = hintLayers_[i](context, h, {.activation = i + 1 < hintLayers_.size() ? Activation::Silu : Activation::None});
  return h;
}

ControlResiduals ControlNet::operator()(const ExecutionContext& context, const Tensor& sample, float timestep,
                                        const Tensor& text, const Tensor& embedded) const {
  CHECK(sample.dim(3) == config_.inChannels && embedded.dim(0) == sample.dim(0));
  const Tensor row = timeEmbedding_(context, {&timestep, 1});
  Tensor time({sample.dim(0), row.dim(-1)});
  for (int64_t i = 0; i < sample.dim(0); ++i)
    std::memcpy(time.data() + i * row.dim(-1), row.data(), row.size() * sizeof(float));
  activateInPlace(context, time, Activation::Silu);
  const BlockInputs inputs{time, text};

  std::vector<Tensor> skips;
  skips.push_back(convIn_(context, sample, {.residual = &embedded}));
  for (const DownBlock& block : downBlocks_) block(context, skips, inputs);
  const Tensor middle = midBlock_(context, skips.back(), inputs);

  ControlResiduals residuals;
  for (size_t i = 0; i < skips.size(); ++i) residuals.down.push_back(downProjections_[i](context, skips[i]));
  residuals.mid = midProjection_(context, middle);
  return residuals;
}

void ControlNet::checkFits(const UNetConfig& unet, const std::string& source) const {
  if (config_.contextWidth != unet.contextWidth)
    throw Error(ErrorKind::Mismatch,
                fmt::format("{} was made for another base model: it expects text vectors of {} numbers, this model has "
                            "{}.",
                            source, config_.contextWidth, unet.contextWidth));
  bool alike = config_.levels.size() == unet.levels.size() && config_.inChannels == unet.outChannels;
  for (size_t i = 0; alike && i < unet.levels.size(); ++i)
    alike = config_.levels[i].channels == unet.levels[i].channels && config_.levels[i].layers == unet.levels[i].layers;
  if (!alike)
    throw Error(
        ErrorKind::Mismatch,
        fmt::format("{} was made for another base model: its layers have other sizes than this model's.", source));
}

}  // namespace lorikeet
