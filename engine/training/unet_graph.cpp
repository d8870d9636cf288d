#include "training/unet_graph.h"

#include <fmt/format.h>

#include "nn/conv2d.h"
#include "nn/time_embedding.h"

namespace lorikeet {
namespace unet_parts {

/// Transformer2DModel's own norm; not the UNet's norm_eps.
constexpr float kTransformerEpsilon = 1e-6F;

static std::string numbered(const char* list, size_t index) { return fmt::format("{}.{}", list, index); }

/// nn/resnet_block.h
struct ResnetGraph {
  GraphGroupNorm norm1;
  GraphConv conv1;
  GraphLinear timeProjection;
  GraphGroupNorm norm2;
  GraphConv conv2;
  std::optional<GraphConv> shortcut;

  ResnetGraph(const GraphSource& source, const UNetConfig& config, bool hasShortcut)
      : norm1(source.scope("norm1"), config.normGroups, config.normEpsilon),
        conv1(source.scope("conv1")),
        timeProjection(source.scope("time_emb_proj")),
        norm2(source.scope("norm2"), config.normGroups, config.normEpsilon),
        conv2(source.scope("conv2")) {
    if (hasShortcut) shortcut.emplace(source.scope("conv_shortcut"), kPointwise);
  }

  Variable operator()(Tape& tape, const Variable& x, const Variable& activatedTime) const {
    const auto forward = [this](Tape& t, std::span<const Variable> in) {
      const Variable time = timeProjection(t, in[1]);
      Variable h = conv1(t, norm1(t, in[0], true), {.imageBias = &time});
      h = norm2(t, h, true);
      const Variable before = shortcut ? (*shortcut)(t, in[0]) : in[0];
      return conv2(t, h, {.residual = &before});
    };
    return tape.checkpoint({x, activatedTime}, forward);
  }
};

/// nn/attention_layer.h
struct AttentionGraph {
  int heads;
  GraphLinear query, key, value, output;

  AttentionGraph(const GraphSource& source, int headCount)
      : heads(headCount),
        query(source.scope("to_q")),
        key(source.scope("to_k")),
        value(source.scope("to_v")),
        output(source.scope("to_out.0")) {}

  Variable operator()(Tape& tape, const Variable& x, const Variable& keys, const Variable& residual) const {
    const Variable q = query(tape, x), k = key(tape, keys), v = value(tape, keys);
    return output(tape, attend(tape, q, k, v, heads), {.residual = &residual});
  }
};

/// TransformerBlock of nn/transformer_2d.h
struct TransformerBlockGraph {
  GraphLayerNorm norm1;
  AttentionGraph selfAttention;
  GraphLayerNorm norm2;
  AttentionGraph crossAttention;
  GraphLayerNorm norm3;
  GraphLinear gatedUp, down;

  TransformerBlockGraph(const GraphSource& source, int heads)
      : norm1(source.scope("norm1")),
        selfAttention(source.scope("attn1"), heads),
        norm2(source.scope("norm2")),
        crossAttention(source.scope("attn2"), heads),
        norm3(source.scope("norm3")),
        gatedUp(source.scope("ff.net.0.proj")),
        down(source.scope("ff.net.2")) {}

  Variable operator()(Tape& tape, Variable x, const Variable& text) const {
    const Variable h = norm1(tape, x);
    x = selfAttention(tape, h, h, x);
    x = crossAttention(tape, norm2(tape, x), text, x);
    return down(tape, gated(tape, gatedUp(tape, norm3(tape, x))), {.residual = &x});
  }
};

/// Transformer2d of nn/transformer_2d.h
struct TransformerGraph {
  GraphGroupNorm norm;
  GraphLinear projectionIn, projectionOut;
  std::vector<TransformerBlockGraph> blocks;

  TransformerGraph(const GraphSource& source, const UNetConfig& config, const UNetConfig::Level& level)
      : norm(source.scope("norm"), config.normGroups, kTransformerEpsilon),
        projectionIn(source.scope("proj_in")),
        projectionOut(source.scope("proj_out")) {
    for (int i = 0; i < level.transformerDepth; ++i)
      blocks.emplace_back(source.scope(numbered("transformer_blocks", static_cast<size_t>(i))), level.heads);
  }

  Variable operator()(Tape& tape, const Variable& x, const Variable& text) const {
    const auto forward = [this](Tape& t, std::span<const Variable> in) {
      const Shape& map = in[0].shape();
      Variable h = projectionIn(t, norm(t, in[0], false), {.shape = {map[0], map[1] * map[2], map[3]}});
      for (const TransformerBlockGraph& block : blocks) h = block(t, std::move(h), in[1]);
      return projectionOut(t, h, {.residual = &in[0], .shape = map});
    };
    return tape.checkpoint({x, text}, forward);
  }
};

struct Inputs {
  Variable activatedTime;
  Variable text;
};

struct LevelGraph {
  std::vector<ResnetGraph> resnets;
  std::vector<TransformerGraph> attentions;
  std::optional<GraphConv> resample;

  Variable layer(Tape& tape, size_t index, const Variable& x, const Inputs& inputs) const {
    const Variable h = resnets[index](tape, x, inputs.activatedTime);
    return attentions.empty() ? h : attentions[index](tape, h, inputs.text);
  }
};

static LevelGraph downLevel(const GraphSource& source, const UNetConfig& config, size_t index) {
  const UNetConfig::Level& level = config.levels[index];
  const int64_t before = index == 0 ? level.channels : config.levels[index - 1].channels;
  LevelGraph graph;
  for (size_t i = 0; i < static_cast<size_t>(level.layers); ++i) {
    graph.resnets.emplace_back(source.scope(numbered("resnets", i)), config, i == 0 && before != level.channels);
    if (level.hasAttention) graph.attentions.emplace_back(source.scope(numbered("attentions", i)), config, level);
  }
  if (index + 1 < config.levels.size()) graph.resample.emplace(source.scope("downsamplers.0.conv"), kDownsample);
  return graph;
}

static LevelGraph upLevel(const GraphSource& source, const UNetConfig& config, size_t index) {
  const UNetConfig::Level& level = config.levels[index];
  LevelGraph graph;
  for (size_t i = 0; i < static_cast<size_t>(level.layers) + 1; ++i) {
    graph.resnets.emplace_back(source.scope(numbered("resnets", i)), config, true);  // takes a skip: always narrows
    if (level.hasAttention) graph.attentions.emplace_back(source.scope(numbered("attentions", i)), config, level);
  }
  if (index > 0) graph.resample.emplace(source.scope("upsamplers.0.conv"));
  return graph;
}

static LevelGraph middle(const GraphSource& source, const UNetConfig& config) {
  LevelGraph graph;
  for (size_t i = 0; i < 2; ++i) graph.resnets.emplace_back(source.scope(numbered("resnets", i)), config, false);
  if (config.midHasAttention) graph.attentions.emplace_back(source.scope("attentions.0"), config, config.levels.back());
  return graph;
}

}  // namespace unet_parts

using namespace unet_parts;

struct UNetGraph::Layers {
  Layers(const GraphSource& source, const UNetConfig& unet)
      : config(unet),
        convIn(source.scope("conv_in")),
        time1(source.scope("time_embedding.linear_1")),
        time2(source.scope("time_embedding.linear_2")),
        mid(middle(source.scope("mid_block"), unet)),
        normOut(source.scope("conv_norm_out"), unet.normGroups, unet.normEpsilon),
        convOut(source.scope("conv_out")) {
    const size_t levels = config.levels.size();
    for (size_t i = 0; i < levels; ++i) down.push_back(downLevel(source.scope(numbered("down_blocks", i)), config, i));
    for (size_t i = 0; i < levels; ++i)
      up.push_back(upLevel(source.scope(numbered("up_blocks", i)), config, levels - 1 - i));
  }
  UNetConfig config;
  GraphConv convIn;
  GraphLinear time1, time2;
  std::vector<LevelGraph> down;
  LevelGraph mid;
  std::vector<LevelGraph> up;
  GraphGroupNorm normOut;
  GraphConv convOut;
};

UNetGraph::UNetGraph(const GraphSource& source, const UNetConfig& config)
    : layers_(std::make_unique<const Layers>(source, config)) {}
UNetGraph::~UNetGraph() = default;
UNetGraph::UNetGraph(UNetGraph&&) noexcept = default;

Variable UNetGraph::operator()(Tape& tape, const Variable& sample, std::span<const float> timesteps,
                               const Variable& text) const {
  const Layers& net = *layers_;
  const UNetConfig& config = net.config;
  CHECK(sample.shape()[3] == config.inChannels && static_cast<int64_t>(timesteps.size()) == sample.shape()[0]);
  const Variable sinusoids(
      timestepSinusoids(timesteps, config.levels.front().channels, config.flipSinToCos, config.frequencyShift));
  const Variable time = net.time2(tape, activated(tape, net.time1(tape, sinusoids), Activation::Silu));
  const Inputs inputs{activated(tape, time, Activation::Silu), text};

  std::vector<Variable> skips{net.convIn(tape, sample)};
  for (const LevelGraph& level : net.down) {
    for (size_t i = 0; i < level.resnets.size(); ++i) skips.push_back(level.layer(tape, i, skips.back(), inputs));
    if (level.resample) skips.push_back((*level.resample)(tape, skips.back()));
  }
  Variable h = net.mid.layer(tape, 0, skips.back(), inputs);
  h = net.mid.resnets[1](tape, h, inputs.activatedTime);
  for (const LevelGraph& level : net.up) {
    for (size_t i = 0; i < level.resnets.size(); ++i) {
      const Variable both = joined(tape, h, skips.back());
      skips.pop_back();
      h = level.layer(tape, i, both, inputs);
    }
    if (!level.resample) continue;
    const Shape& next = skips.back().shape();
    h = (*level.resample)(tape, h, {.enlargedHeight = next[1], .enlargedWidth = next[2]});
  }
  return net.convOut(tape, net.normOut(tape, h, true));
}

}  // namespace lorikeet
