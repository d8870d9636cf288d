#include "pipeline/sd_inventory.h"

#include <fmt/format.h>

#include <array>

namespace lorikeet {

void TensorSink::linear(const std::string& name, int64_t inputs, int64_t outputs, bool bias) {
  add(name + ".weight", {outputs, inputs}, TensorRole::Weight);
  if (bias) add(name + ".bias", {outputs}, TensorRole::Bias);
}

void TensorSink::convolution(const std::string& name, int64_t inputs, int64_t outputs, int64_t kernel) {
  add(name + ".weight", {outputs, inputs, kernel, kernel}, TensorRole::Weight);
  add(name + ".bias", {outputs}, TensorRole::Bias);
}

void TensorSink::norm(const std::string& name, int64_t channels) {
  add(name + ".weight", {channels}, TensorRole::Gain);
  add(name + ".bias", {channels}, TensorRole::Bias);
}

namespace {

constexpr int64_t kTime = 1280;

void addResnet(TensorSink& sink, const std::string& name, int64_t inputs, int64_t outputs, int64_t time) {
  sink.norm(name + ".norm1", inputs);
  sink.convolution(name + ".conv1", inputs, outputs);
  if (time > 0) sink.linear(name + ".time_emb_proj", time, outputs);
  sink.norm(name + ".norm2", outputs);
  sink.convolution(name + ".conv2", outputs, outputs);
  if (inputs != outputs) sink.convolution(name + ".conv_shortcut", inputs, outputs, 1);
}

void addTransformer(TensorSink& sink, const SdArchitecture& sd, const std::string& name, int64_t channels) {
  sink.norm(name + ".norm", channels);
  for (const char* projection : {".proj_in", ".proj_out"})
    sd.linearProjection ? sink.linear(name + projection, channels, channels)
                        : sink.convolution(name + projection, channels, channels, 1);
  const std::string block = name + ".transformer_blocks.0";
  for (const char* norm : {".norm1", ".norm2", ".norm3"}) sink.norm(block + norm, channels);
  for (const char* attention : {".attn1", ".attn2"}) {
    const int64_t context = attention[5] == '2' ? sd.textWidth : channels;
    sink.linear(block + attention + ".to_q", channels, channels, false);
    sink.linear(block + attention + ".to_k", context, channels, false);
    sink.linear(block + attention + ".to_v", context, channels, false);
    sink.linear(block + attention + ".to_out.0", channels, channels);
  }
  sink.linear(block + ".ff.net.0.proj", channels, 8 * channels);
  sink.linear(block + ".ff.net.2", 4 * channels, channels);
}

constexpr std::array<int64_t, 4> kChannels{320, 640, 1280, 1280};

/// What a UNet and a ControlNet have in common.
void addDownPath(const SdArchitecture& sd, TensorSink& sink) {
  sink.convolution("conv_in", 4, 320);
  sink.linear("time_embedding.linear_1", 320, kTime);
  sink.linear("time_embedding.linear_2", kTime, kTime);
  for (size_t level = 0; level < kChannels.size(); ++level) {
    const std::string block = fmt::format("down_blocks.{}", level);
    for (int i = 0; i < 2; ++i) {
      const int64_t inputs = i == 0 && level > 0 ? kChannels[level - 1] : kChannels[level];
      addResnet(sink, fmt::format("{}.resnets.{}", block, i), inputs, kChannels[level], kTime);
      if (level < 3) addTransformer(sink, sd, fmt::format("{}.attentions.{}", block, i), kChannels[level]);
    }
    if (level < 3) sink.convolution(block + ".downsamplers.0.conv", kChannels[level], kChannels[level]);
  }
  addResnet(sink, "mid_block.resnets.0", 1280, 1280, kTime);
  addTransformer(sink, sd, "mid_block.attentions.0", 1280);
  addResnet(sink, "mid_block.resnets.1", 1280, 1280, kTime);
}

void addVaeMiddle(TensorSink& sink, const std::string& side) {
  addResnet(sink, side + ".mid_block.resnets.0", 512, 512, 0);
  sink.norm(side + ".mid_block.attentions.0.group_norm", 512);
  for (const char* name : {"to_q", "to_k", "to_v", "to_out.0"})
    sink.linear(fmt::format("{}.mid_block.attentions.0.{}", side, name), 512, 512);
  addResnet(sink, side + ".mid_block.resnets.1", 512, 512, 0);
}

}  // namespace

void listUnet(const SdArchitecture& sd, TensorSink& sink) {
  addDownPath(sd, sink);
  for (size_t up = 0; up < kChannels.size(); ++up) {
    const size_t level = 3 - up;
    const std::string block = fmt::format("up_blocks.{}", up);
    for (int i = 0; i < 3; ++i) {
      const int64_t own = i == 0 && up > 0 ? kChannels[level + 1] : kChannels[level];
      const int64_t skip = i == 2 && level > 0 ? kChannels[level - 1] : kChannels[level];
      addResnet(sink, fmt::format("{}.resnets.{}", block, i), own + skip, kChannels[level], kTime);
      if (level < 3) addTransformer(sink, sd, fmt::format("{}.attentions.{}", block, i), kChannels[level]);
    }
    if (level > 0) sink.convolution(block + ".upsamplers.0.conv", kChannels[level], kChannels[level]);
  }
  sink.norm("conv_norm_out", 320);
  sink.convolution("conv_out", 320, 4);
}

void listControlNet(const SdArchitecture& sd, TensorSink& sink) {
  addDownPath(sd, sink);
  const std::string hint = "controlnet_cond_embedding.";
  constexpr std::array<int64_t, 7> kHints{16, 16, 32, 32, 96, 96, 256};
  sink.convolution(hint + "conv_in", 3, kHints.front());
  for (size_t i = 0; i + 1 < kHints.size(); ++i)
    sink.convolution(fmt::format("{}blocks.{}", hint, i), kHints[i], kHints[i + 1]);
  sink.convolution(hint + "conv_out", kHints.back(), kChannels.front());
  constexpr std::array<int64_t, 12> kSkips{320, 320, 320, 320, 640, 640, 640, 1280, 1280, 1280, 1280, 1280};
  for (size_t i = 0; i < kSkips.size(); ++i)
    sink.convolution(fmt::format("controlnet_down_blocks.{}", i), kSkips[i], kSkips[i], 1);
  sink.convolution("controlnet_mid_block", kChannels.back(), kChannels.back(), 1);
}

void listVae(TensorSink& sink) {
  const int64_t channels[] = {128, 256, 512, 512};
  sink.convolution("encoder.conv_in", 3, 128);
  sink.convolution("decoder.conv_in", 4, 512);
  for (int level = 0; level < 4; ++level) {
    const int64_t down = channels[level], up = channels[3 - level];
    for (int i = 0; i < 2; ++i)
      addResnet(sink, fmt::format("encoder.down_blocks.{}.resnets.{}", level, i),
                i == 0 && level > 0 ? channels[level - 1] : down, down, 0);
    for (int i = 0; i < 3; ++i)
      addResnet(sink, fmt::format("decoder.up_blocks.{}.resnets.{}", level, i),
                i == 0 && level > 0 ? channels[4 - level] : up, up, 0);
    if (level == 3) break;
    sink.convolution(fmt::format("encoder.down_blocks.{}.downsamplers.0.conv", level), down, down);
    sink.convolution(fmt::format("decoder.up_blocks.{}.upsamplers.0.conv", level), up, up);
  }
  addVaeMiddle(sink, "encoder");
  addVaeMiddle(sink, "decoder");
  sink.norm("encoder.conv_norm_out", 512);
  sink.convolution("encoder.conv_out", 512, 8);
  sink.norm("decoder.conv_norm_out", 128);
  sink.convolution("decoder.conv_out", 128, 3);
  sink.convolution("quant_conv", 8, 8, 1);
  sink.convolution("post_quant_conv", 4, 4, 1);
}

void listTextEncoder(const SdArchitecture& sd, TensorSink& sink) {
  const std::string model = "text_model.";
  const int64_t width = sd.textWidth;
  sink.add(model + "embeddings.token_embedding.weight", {49408, width}, TensorRole::Embedding);
  sink.add(model + "embeddings.position_embedding.weight", {77, width}, TensorRole::Embedding);
  for (int i = 0; i < sd.textLayers; ++i) {
    const std::string layer = fmt::format("{}encoder.layers.{}.", model, i);
    sink.norm(layer + "layer_norm1", width);
    sink.norm(layer + "layer_norm2", width);
    for (const char* name : {"q_proj", "k_proj", "v_proj", "out_proj"})
      sink.linear(layer + "self_attn." + name, width, width);
    sink.linear(layer + "mlp.fc1", width, 4 * width);
    sink.linear(layer + "mlp.fc2", 4 * width, width);
  }
  sink.norm(model + "final_layer_norm", width);
}

}  // namespace lorikeet
