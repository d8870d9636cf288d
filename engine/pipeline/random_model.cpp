#include <fmt/format.h>
#include <lorikeet/benchmark.h>
#include <lorikeet/error.h>

#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/dtype.h"
#include "io/atomic_file.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"

namespace lorikeet {
namespace {

/// Collects random tensors under the names that layers expect.
class Inventory {
 public:
  explicit Inventory(std::stop_token stop) : stop_(std::move(stop)) {}

  void linear(const std::string& name, int64_t inputs, int64_t outputs, bool bias = true) {
    add(name + ".weight", {outputs, inputs}, 1 / std::sqrt(static_cast<double>(inputs)));
    if (bias) add(name + ".bias", {outputs}, 0.01);
  }
  void convolution(const std::string& name, int64_t inputs, int64_t outputs, int64_t kernel = 3) {
    add(name + ".weight", {outputs, inputs, kernel, kernel},
        1 / std::sqrt(static_cast<double>(inputs * kernel * kernel)));
    add(name + ".bias", {outputs}, 0.01);
  }
  void norm(const std::string& name, int64_t channels) {
    add(name + ".weight", {channels}, 0, 1);
    add(name + ".bias", {channels}, 0.01);
  }
  void add(const std::string& name, const Shape& shape, double spread, double center = 0) {
    if (stop_.stop_requested()) throw Error(ErrorKind::Io, "Writing the random model was stopped.");
    std::vector<std::byte> bytes(static_cast<size_t>(shape.elementCount()) * 2);
    for (size_t i = 0; i < bytes.size(); i += 2) {
      state_ = state_ * 6364136223846793005u + 1442695040888963407u;
      const double uniform = static_cast<double>(state_ >> 40) / 8388608.0 - 1;  // [-1, 1)
      const uint16_t bits = f32ToF16(static_cast<float>(center + spread * uniform));
      bytes[i] = static_cast<std::byte>(bits & 0xff);
      bytes[i + 1] = static_cast<std::byte>(bits >> 8);
    }
    tensors_.emplace(name, rawFromBytes(DType::F16, shape, std::move(bytes)));
  }
  const std::map<std::string, RawTensor>& tensors() const { return tensors_; }

 private:
  std::stop_token stop_;
  uint64_t state_ = 0x9e3779b97f4a7c15u;
  std::map<std::string, RawTensor> tensors_;
};

constexpr int64_t kText = 768;
constexpr int64_t kTime = 1280;

void addResnet(Inventory& inventory, const std::string& name, int64_t inputs, int64_t outputs, int64_t time) {
  inventory.norm(name + ".norm1", inputs);
  inventory.convolution(name + ".conv1", inputs, outputs);
  if (time > 0) inventory.linear(name + ".time_emb_proj", time, outputs);
  inventory.norm(name + ".norm2", outputs);
  inventory.convolution(name + ".conv2", outputs, outputs);
  if (inputs != outputs) inventory.convolution(name + ".conv_shortcut", inputs, outputs, 1);
}

void addTransformer(Inventory& inventory, const std::string& name, int64_t channels) {
  inventory.norm(name + ".norm", channels);
  inventory.convolution(name + ".proj_in", channels, channels, 1);
  inventory.convolution(name + ".proj_out", channels, channels, 1);
  const std::string block = name + ".transformer_blocks.0";
  for (const char* norm : {".norm1", ".norm2", ".norm3"}) inventory.norm(block + norm, channels);
  for (const char* attention : {".attn1", ".attn2"}) {
    const int64_t context = attention[5] == '2' ? kText : channels;
    inventory.linear(block + attention + ".to_q", channels, channels, false);
    inventory.linear(block + attention + ".to_k", context, channels, false);
    inventory.linear(block + attention + ".to_v", context, channels, false);
    inventory.linear(block + attention + ".to_out.0", channels, channels);
  }
  inventory.linear(block + ".ff.net.0.proj", channels, 8 * channels);
  inventory.linear(block + ".ff.net.2", 4 * channels, channels);
}

constexpr std::array<int64_t, 4> kLevels{320, 640, 1280, 1280};

/// What a UNet and a ControlNet have in common.
void addDownPath(Inventory& inventory) {
  inventory.convolution("conv_in", 4, 320);
  inventory.linear("time_embedding.linear_1", 320, kTime);
  inventory.linear("time_embedding.linear_2", kTime, kTime);
  for (size_t level = 0; level < 4; ++level) {
    const std::string block = fmt::format("down_blocks.{}", level);
    for (int i = 0; i < 2; ++i) {
      const int64_t inputs = i == 0 && level > 0 ? kLevels[level - 1] : kLevels[level];
      addResnet(inventory, fmt::format("{}.resnets.{}", block, i), inputs, kLevels[level], kTime);
      if (level < 3) addTransformer(inventory, fmt::format("{}.attentions.{}", block, i), kLevels[level]);
    }
    if (level < 3) inventory.convolution(block + ".downsamplers.0.conv", kLevels[level], kLevels[level]);
  }
  addResnet(inventory, "mid_block.resnets.0", 1280, 1280, kTime);
  addTransformer(inventory, "mid_block.attentions.0", 1280);
  addResnet(inventory, "mid_block.resnets.1", 1280, 1280, kTime);
}

void addControlNet(Inventory& inventory) {
  addDownPath(inventory);
  const std::string hint = "controlnet_cond_embedding.";
  inventory.convolution(hint + "conv_in", 3, 16);
  constexpr std::array<int64_t, 7> kHints{16, 16, 32, 32, 96, 96, 256};
  for (size_t i = 0; i + 1 < kHints.size(); ++i)
    inventory.convolution(fmt::format("{}blocks.{}", hint, i), kHints[i], kHints[i + 1]);
  inventory.convolution(hint + "conv_out", 256, 320);
  constexpr std::array<int64_t, 12> kSkips{320, 320, 320, 320, 640, 640, 640, 1280, 1280, 1280, 1280, 1280};
  for (size_t i = 0; i < kSkips.size(); ++i)
    inventory.convolution(fmt::format("controlnet_down_blocks.{}", i), kSkips[i], kSkips[i], 1);
  inventory.convolution("controlnet_mid_block", 1280, 1280, 1);
}

void addUnet(Inventory& inventory) {
  addDownPath(inventory);
  for (size_t up = 0; up < 4; ++up) {
    const size_t level = 3 - up;
    const std::string block = fmt::format("up_blocks.{}", up);
    for (int i = 0; i < 3; ++i) {
      const int64_t own = i == 0 && up > 0 ? kLevels[level + 1] : kLevels[level];
      const int64_t skip = i == 2 && level > 0 ? kLevels[level - 1] : kLevels[level];
      addResnet(inventory, fmt::format("{}.resnets.{}", block, i), own + skip, kLevels[level], kTime);
      if (level < 3) addTransformer(inventory, fmt::format("{}.attentions.{}", block, i), kLevels[level]);
    }
    if (level > 0) inventory.convolution(block + ".upsamplers.0.conv", kLevels[level], kLevels[level]);
  }
  inventory.norm("conv_norm_out", 320);
  inventory.convolution("conv_out", 320, 4);
}

void addVaeMiddle(Inventory& inventory, const std::string& side) {
  addResnet(inventory, side + ".mid_block.resnets.0", 512, 512, 0);
  inventory.norm(side + ".mid_block.attentions.0.group_norm", 512);
  for (const char* name : {"to_q", "to_k", "to_v", "to_out.0"})
    inventory.linear(fmt::format("{}.mid_block.attentions.0.{}", side, name), 512, 512);
  addResnet(inventory, side + ".mid_block.resnets.1", 512, 512, 0);
}

void addVae(Inventory& inventory) {
  const int64_t channels[] = {128, 256, 512, 512};
  inventory.convolution("encoder.conv_in", 3, 128);
  inventory.convolution("decoder.conv_in", 4, 512);
  for (int level = 0; level < 4; ++level) {
    const int64_t down = channels[level], up = channels[3 - level];
    for (int i = 0; i < 2; ++i)
      addResnet(inventory, fmt::format("encoder.down_blocks.{}.resnets.{}", level, i),
                i == 0 && level > 0 ? channels[level - 1] : down, down, 0);
    for (int i = 0; i < 3; ++i)
      addResnet(inventory, fmt::format("decoder.up_blocks.{}.resnets.{}", level, i),
                i == 0 && level > 0 ? channels[4 - level] : up, up, 0);
    if (level == 3) break;
    inventory.convolution(fmt::format("encoder.down_blocks.{}.downsamplers.0.conv", level), down, down);
    inventory.convolution(fmt::format("decoder.up_blocks.{}.upsamplers.0.conv", level), up, up);
  }
  addVaeMiddle(inventory, "encoder");
  addVaeMiddle(inventory, "decoder");
  inventory.norm("encoder.conv_norm_out", 512);
  inventory.convolution("encoder.conv_out", 512, 8);
  inventory.norm("decoder.conv_norm_out", 128);
  inventory.convolution("decoder.conv_out", 128, 3);
  inventory.convolution("quant_conv", 8, 8, 1);
  inventory.convolution("post_quant_conv", 4, 4, 1);
}

void addTextEncoder(Inventory& inventory) {
  const std::string model = "text_model.";
  inventory.add(model + "embeddings.token_embedding.weight", {49408, kText}, 0.02);
  inventory.add(model + "embeddings.position_embedding.weight", {77, kText}, 0.02);
  for (int i = 0; i < 12; ++i) {
    const std::string layer = fmt::format("{}encoder.layers.{}.", model, i);
    inventory.norm(layer + "layer_norm1", kText);
    inventory.norm(layer + "layer_norm2", kText);
    for (const char* name : {"q_proj", "k_proj", "v_proj", "out_proj"})
      inventory.linear(layer + "self_attn." + name, kText, kText);
    inventory.linear(layer + "mlp.fc1", kText, 4 * kText);
    inventory.linear(layer + "mlp.fc2", 4 * kText, kText);
  }
  inventory.norm(model + "final_layer_norm", kText);
}

void writePart(const std::filesystem::path& folder, const char* file, const nlohmann::json& config,
               const Inventory& inventory) {
  std::filesystem::create_directories(folder);
  writeSafetensors(folder / file, inventory.tensors());
  std::ofstream(folder / "config.json") << config.dump(1);
}

nlohmann::json unetConfig() {
  return {{"block_out_channels", {320, 640, 1280, 1280}},
          {"cross_attention_dim", kText},
          {"attention_head_dim", 8},
          {"sample_size", 64}};
}

Inventory filled(void (*add)(Inventory&), const std::stop_token& stop) {
  Inventory inventory(stop);
  add(inventory);
  return inventory;
}

}  // namespace

void writeRandomControlNet(const std::filesystem::path& folder, std::stop_token stop) {
  nlohmann::json config = unetConfig();
  config["_class_name"] = "ControlNetModel";
  writePart(folder, "diffusion_pytorch_model.safetensors", config, filled(addControlNet, stop));
}

void writeRandomModel(const std::filesystem::path& folder, std::stop_token stop) {
  const auto fill = [&](void (*add)(Inventory&)) { return filled(add, stop); };
  writePart(folder / "unet", "diffusion_pytorch_model.safetensors", unetConfig(), fill(addUnet));
  writePart(folder / "vae", "diffusion_pytorch_model.safetensors",
            {{"block_out_channels", {128, 256, 512, 512}}, {"layers_per_block", 2}}, fill(addVae));
  writePart(folder / "text_encoder", "model.safetensors",
            {{"hidden_size", kText}, {"intermediate_size", 4 * kText}, {"num_attention_heads", 12}},
            fill(addTextEncoder));
  std::ofstream index(folder / "model_index.json");
  index << R"({"_class_name": "StableDiffusionPipeline"})" << std::endl;
  if (!index)
    throw Error(ErrorKind::Io, fmt::format("The random model could not be written to \"{}\".", folder.string()));
}

}  // namespace lorikeet
