#include "models/clip_text_encoder.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <nlohmann/json.hpp>

#include "io/json_file.h"
#include "io/tensor_values.h"
#include "ops/attention.h"

namespace lorikeet {
namespace {

Activation activationFromName(const std::string& text, const std::string& source) {
  if (text == "quick_gelu") return Activation::QuickGelu;
  if (text == "gelu") return Activation::Gelu;
  throw Error(ErrorKind::Unsupported, fmt::format("{}: the activation \"{}\" is not supported.", source, text));
}

/// One row of a table of embeddings as f32.
void copyRow(const RawTensor& table, int64_t row, float* to) {
  const int64_t width = table.shape[1];
  const size_t bytes = static_cast<size_t>(width) * byteSize(table.dtype);
  const RawTensor one{table.dtype, {width}, table.bytes.subspan(static_cast<size_t>(row) * bytes, bytes), table.owner};
  const std::vector<float> values = toFloats(one);
  std::copy(values.begin(), values.end(), to);
}

}  // namespace

ClipTextConfig ClipTextConfig::fromJson(const nlohmann::json& json, const std::string& source) {
  const JsonFields fields(&json, source);
  ClipTextConfig config;
  config.vocabularySize = fields.integer("vocab_size", 49408);
  config.width = fields.integer("hidden_size", 512);
  config.feedForwardWidth = fields.integer("intermediate_size", 2048);
  config.positions = fields.integer("max_position_embeddings", 77);
  config.layers = static_cast<int>(fields.integer("num_hidden_layers", 12));
  config.heads = static_cast<int>(fields.integer("num_attention_heads", 8));
  config.normEpsilon = static_cast<float>(fields.number("layer_norm_eps", 1e-5));
  config.activation = activationFromName(fields.text("hidden_act", "quick_gelu"), source);
  if (config.heads < 1 || config.width < 1 || config.width % config.heads != 0 || config.layers < 1 ||
      config.layers > 256 || config.positions < 3 || config.positions > 4096)
    throw Error(ErrorKind::Corrupt,
                fmt::format("{}: width {}, {} heads, {} layers and {} positions do not make a text encoder.", source,
                            config.width, config.heads, config.layers, config.positions));
  return config;
}

ClipTextConfig ClipTextConfig::fromWeights(const WeightScope& weights) {
  const WeightScope model = weights.scope("text_model");
  ClipTextConfig config;
  const Shape tokens = model.get("embeddings.token_embedding.weight").shape;
  config.vocabularySize = tokens[0];
  config.width = tokens[1];
  config.positions = model.get("embeddings.position_embedding.weight").shape[0];
  config.layers = 0;
  while (config.layers < 256 && model.hasModule(fmt::format("encoder.layers.{}", config.layers))) ++config.layers;
  config.feedForwardWidth = model.get("encoder.layers.0.mlp.fc1.weight").shape[0];
  config.heads = static_cast<int>(config.width >= 64 ? config.width / 64 : 2);
  if (config.width == 1024) config.activation = Activation::Gelu;
  return config;
}

ClipTextLayer::ClipTextLayer(const LayerSource& source, const ClipTextConfig& config)
    : heads_(config.heads),
      activation_(config.activation),
      norm1_(source.scope("layer_norm1"), config.width, config.normEpsilon),
      query_(source.scope("self_attn.q_proj"), config.width, config.width),
      key_(source.scope("self_attn.k_proj"), config.width, config.width),
      value_(source.scope("self_attn.v_proj"), config.width, config.width),
      output_(source.scope("self_attn.out_proj"), config.width, config.width),
      norm2_(source.scope("layer_norm2"), config.width, config.normEpsilon),
      up_(source.scope("mlp.fc1"), config.width, config.feedForwardWidth),
      down_(source.scope("mlp.fc2"), config.feedForwardWidth, config.width) {}

Tensor ClipTextLayer::operator()(const ExecutionContext& context, Tensor x) const {
  Tensor h = norm1_(context, x);
  h = attention(context, query_(context, h), key_(context, h), value_(context, h), heads_, true);
  x = output_(context, h, {.residual = &x});
  h = up_(context, norm2_(context, x), {.activation = activation_});
  return down_(context, h, {.residual = &x});
}

ClipTextEncoder::ClipTextEncoder(const ExecutionContext& context, const WeightStore& weights,
                                 const ClipTextConfig& config, WeightStorage storage)
    : ClipTextEncoder(LayerSource(context, weights.root(), storage).scope("text_model"), config) {}

ClipTextEncoder::ClipTextEncoder(const LayerSource& source, const ClipTextConfig& config)
    : config_(config),
      parameters_(source.table()),
      positionEmbedding_(source.values("embeddings.position_embedding.weight", {config.positions, config.width})),
      finalNorm_(source.scope("final_layer_norm"), config.width, config.normEpsilon),
      tokenEmbedding_(
          source.weights().get("embeddings.token_embedding.weight", {config.vocabularySize, config.width})) {
  for (int i = 0; i < config.layers; ++i)
    layers_.emplace_back(source.scope(fmt::format("encoder.layers.{}", i)), config);
}

Tensor ClipTextEncoder::embed(std::span<const int> ids, const Tensor* extra) const {
  const int64_t positions = config_.positions, width = config_.width;
  CHECK(!ids.empty() && static_cast<int64_t>(ids.size()) % positions == 0);
  Tensor x({static_cast<int64_t>(ids.size()) / positions, positions, width});
  for (size_t i = 0; i < ids.size(); ++i) {
    float* row = x.data() + i * width;
    if (ids[i] < config_.vocabularySize) {
      CHECK(ids[i] >= 0);
      copyRow(tokenEmbedding_, ids[i], row);
    } else {
      const int64_t index = ids[i] - config_.vocabularySize;
      CHECK(extra != nullptr && extra->dim(1) == width && index < extra->dim(0));
      std::copy_n(extra->data() + index * width, width, row);
    }
    const float* position = positionEmbedding_.data() + static_cast<int64_t>(i) % positions * width;
    for (int64_t c = 0; c < width; ++c) row[c] += position[c];
  }
  return x;
}

Tensor ClipTextEncoder::tokenVectors(std::span<const int> ids) const {
  Tensor rows({static_cast<int64_t>(ids.size()), config_.width});
  for (size_t i = 0; i < ids.size(); ++i) {
    CHECK(ids[i] >= 0 && ids[i] < config_.vocabularySize);
    copyRow(tokenEmbedding_, ids[i], rows.data() + static_cast<int64_t>(i) * config_.width);
  }
  return rows;
}

Tensor ClipTextEncoder::operator()(const ExecutionContext& context, std::span<const int> ids, int clipSkip,
                                   const Tensor* extra) const {
  Tensor x = embed(ids, extra);
  const int count = config_.layers - std::clamp(clipSkip - 1, 0, config_.layers - 1);
  for (int i = 0; i < count; ++i) x = layers_[i](context, std::move(x));
  return finalNorm_(context, x);
}

std::vector<Tensor> ClipTextEncoder::hiddenStates(const ExecutionContext& context, std::span<const int> ids) const {
  std::vector<Tensor> states;
  states.push_back(embed(ids, nullptr));
  for (const ClipTextLayer& layer : layers_) states.push_back(layer(context, states.back().clone()));
  return states;
}

}  // namespace lorikeet
