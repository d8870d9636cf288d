#include "models/unet_config.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/json_file.h"
#include "io/json_text.h"

namespace lorikeet {
namespace {

constexpr int64_t kMaxChannels = 1 << 14;
constexpr int64_t kMaxLayers = 64;

/// Options that change what is computed; anything but the stated value is refused rather than ignored.
void refuseUnsupported(const JsonFields& fields, const nlohmann::json& config, const std::string& source) {
  const auto refuse = [&](std::string_view key) {
    throw Error(ErrorKind::Unsupported, fmt::format("{}: the UNet option \"{}\": {} is not supported.", source, key,
                                                    dumpJson(config.at(std::string(key)))));
  };
  for (const char* key : {"class_embed_type", "addition_embed_type", "encoder_hid_dim_type", "time_cond_proj_dim"})
    if (fields.has(key)) refuse(key);
  for (const char* key : {"center_input_sample", "dual_cross_attention", "only_cross_attention", "resnet_skip_time_act",
                          "class_embeddings_concat"})
    if (config.contains(key) && config[key].is_boolean() && config[key].get<bool>()) refuse(key);
  if (fields.text("act_fn", "silu") != "silu") refuse("act_fn");
  if (fields.text("time_embedding_type", "positional") != "positional") refuse("time_embedding_type");
  if (fields.text("resnet_time_scale_shift", "default") != "default") refuse("resnet_time_scale_shift");
  if (fields.integer("conv_in_kernel", 3) != 3) refuse("conv_in_kernel");
  if (fields.integer("conv_out_kernel", 3) != 3) refuse("conv_out_kernel");
  if (fields.number("mid_block_scale_factor", 1) != 1) refuse("mid_block_scale_factor");
}

/// One value for all levels or one a level.
std::vector<int64_t> perLevel(const JsonFields& fields, const std::string& key, int64_t fallback, size_t levels,
                              const std::string& source) {
  std::vector<int64_t> values = fields.integers(key, {fallback});
  if (values.size() == 1) values.resize(levels, values.front());
  if (values.size() != levels)
    throw Error(ErrorKind::Corrupt,
                fmt::format("{}: \"{}\" has {} entries for {} levels.", source, key, values.size(), levels));
  for (const int64_t value : values)
    if (value < 1 || value > kMaxLayers * 64)
      throw Error(ErrorKind::Corrupt, fmt::format("{}: \"{}\" holds the impossible value {}.", source, key, value));
  return values;
}

bool blockHasAttention(const std::string& type, const std::string& source) {
  if (type == "CrossAttnDownBlock2D") return true;
  if (type == "DownBlock2D") return false;
  throw Error(ErrorKind::Unsupported, fmt::format("{}: UNet blocks of type {} are not supported.", source, type));
}

int countModules(const WeightScope& weights, const std::string& prefix) {
  int count = 0;
  while (count < kMaxLayers && weights.hasModule(fmt::format("{}.{}", prefix, count))) ++count;
  return count;
}

}  // namespace

UNetConfig UNetConfig::fromJson(const nlohmann::json& json, const std::string& source) {
  const JsonFields fields(&json, source);
  refuseUnsupported(fields, json, source);
  UNetConfig config;
  config.inChannels = fields.integer("in_channels", 4);
  config.outChannels = fields.integer("out_channels", 4);
  config.contextWidth = fields.integer("cross_attention_dim", 1280);
  config.normGroups = static_cast<int>(fields.integer("norm_num_groups", 32));
  config.normEpsilon = static_cast<float>(fields.number("norm_eps", 1e-5));
  config.flipSinToCos = fields.boolean("flip_sin_to_cos", true);
  config.frequencyShift = fields.number("freq_shift", 0);
  config.sampleSize = fields.integer("sample_size", 0);
  config.timeWidth = fields.integer("time_embedding_dim", 0);
  if (config.timeWidth < 0 || config.timeWidth > kMaxChannels)
    throw Error(ErrorKind::Corrupt,
                fmt::format("{}: a time embedding of {} channels is impossible.", source, config.timeWidth));
  config.midHasAttention = fields.text("mid_block_type", "UNetMidBlock2DCrossAttn") == "UNetMidBlock2DCrossAttn";

  const auto channels = fields.integers("block_out_channels", {320, 640, 1280, 1280});
  const size_t levels = channels.size();
  if (levels == 0 || levels > 8)
    throw Error(ErrorKind::Corrupt, fmt::format("{}: \"block_out_channels\" has {} entries.", source, levels));
  const auto types = fields.texts(
      "down_block_types", {"CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"});
  if (types.size() != levels)
    throw Error(ErrorKind::Corrupt, fmt::format("{}: {} block types for {} levels.", source, types.size(), levels));
  const auto layers = perLevel(fields, "layers_per_block", 2, levels, source);
  // diffusers keeps the number of heads in "attention_head_dim" (its issue 2011).
  const auto heads = perLevel(fields, fields.has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim",
                              8, levels, source);
  const auto depths = perLevel(fields, "transformer_layers_per_block", 1, levels, source);
  for (size_t i = 0; i < levels; ++i) {
    if (channels[i] < 8 || channels[i] > kMaxChannels || channels[i] % heads[i] != 0)
      throw Error(ErrorKind::Corrupt,
                  fmt::format("{}: {} channels do not fit {} attention heads.", source, channels[i], heads[i]));
    config.levels.push_back({channels[i], static_cast<int>(layers[i]), blockHasAttention(types[i], source),
                             static_cast<int>(heads[i]), static_cast<int>(depths[i])});
  }
  return config;
}

UNetConfig UNetConfig::fromWeights(const WeightScope& weights) {
  UNetConfig config;
  const Shape convIn = weights.get("conv_in.weight").shape;
  if (convIn.rank() != 4)
    throw Error(ErrorKind::Corrupt,
                fmt::format("{}: conv_in.weight has shape {}.", weights.source(), convIn.toString()));
  config.inChannels = convIn[1];
  if (const auto convOut = weights.find("conv_out.weight")) config.outChannels = convOut->shape[0];
  if (const auto time = weights.find("time_embedding.linear_1.weight")) config.timeWidth = time->shape[0];
  const int levels = countModules(weights, "down_blocks");
  for (int i = 0; i < levels; ++i) {
    const WeightScope block = weights.scope(fmt::format("down_blocks.{}", i));
    Level level;
    level.channels = block.get("resnets.0.conv1.weight").shape[0];
    level.layers = countModules(block, "resnets");
    level.hasAttention = block.hasModule("attentions.0");
    if (level.hasAttention) {
      level.transformerDepth = countModules(block, "attentions.0.transformer_blocks");
      config.contextWidth = block.get("attentions.0.transformer_blocks.0.attn2.to_k.weight").shape[1];
    }
    config.levels.push_back(level);
  }
  if (levels == 0)
    throw Error(ErrorKind::NotFound,
                fmt::format("{}: no UNet blocks (down_blocks.0 ...) were found.", weights.source()));
  config.midHasAttention = weights.hasModule("mid_block.attentions.0");
  for (Level& level : config.levels)
    level.heads = config.contextWidth == 1024 ? static_cast<int>(std::max<int64_t>(1, level.channels / 64)) : 8;
  return config;
}

}  // namespace lorikeet
