#include <fmt/format.h>
#include <lorikeet/error.h>

#include <nlohmann/json.hpp>

#include "io/json_file.h"
#include "models/autoencoder_kl.h"

namespace lorikeet {

AutoencoderConfig AutoencoderConfig::fromJson(const nlohmann::json& json, const std::string& source) {
  const JsonFields fields(&json, source);
  AutoencoderConfig config;
  config.channels = fields.integers("block_out_channels", {64});
  if (config.channels.empty() || config.channels.size() > 8)
    throw Error(ErrorKind::Corrupt,
                fmt::format("{}: \"block_out_channels\" has {} entries.", source, config.channels.size()));
  config.layers = static_cast<int>(fields.integer("layers_per_block", 1));
  config.latentChannels = fields.integer("latent_channels", 4);
  config.normGroups = static_cast<int>(fields.integer("norm_num_groups", 32));
  config.scalingFactor = fields.number("scaling_factor", 0.18215);
  config.shiftFactor = fields.number("shift_factor", 0);
  config.hasMidAttention = fields.boolean("mid_block_add_attention", true);
  if (config.layers < 1 || config.layers > 64 || config.latentChannels < 1 || config.latentChannels > 64 ||
      !(config.scalingFactor > 0))
    throw Error(ErrorKind::Corrupt,
                fmt::format("{}: impossible values for layers, latent channels or scaling.", source));
  if (fields.integer("in_channels", 3) != 3 || fields.integer("out_channels", 3) != 3)
    throw Error(ErrorKind::Unsupported, fmt::format("{}: only autoencoders for RGB pictures are supported.", source));
  return config;
}

AutoencoderConfig AutoencoderConfig::fromWeights(const WeightScope& weights) {
  AutoencoderConfig config;
  int levels = 0;
  for (; levels < 8 && weights.hasModule(fmt::format("encoder.down_blocks.{}", levels)); ++levels)
    config.channels.push_back(
        weights.get(fmt::format("encoder.down_blocks.{}.resnets.0.conv2.weight", levels)).shape[0]);
  if (levels == 0)
    throw Error(ErrorKind::NotFound,
                fmt::format("{}: no autoencoder (encoder.down_blocks.0 ...) was found.", weights.source()));
  config.layers = 0;
  while (config.layers < 64 && weights.hasModule(fmt::format("encoder.down_blocks.0.resnets.{}", config.layers)))
    ++config.layers;
  config.latentChannels = weights.get("decoder.conv_in.weight").shape[1];
  config.hasMidAttention = weights.hasModule("encoder.mid_block.attentions.0");
  return config;
}

}  // namespace lorikeet
