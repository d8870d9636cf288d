#include "adapters/key_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "io/unet_names.h"

namespace lorikeet {
namespace {

std::string underscored(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '.', '_');
  return text;
}

/// Modules of all tensors that end in ".weight".
std::vector<std::string> modulesOf(const TensorShapes& shapes) {
  constexpr std::string_view kWeight = ".weight";
  std::vector<std::string> modules;
  for (const auto& [name, shape] : shapes)
    if (name.ends_with(kWeight)) modules.push_back(name.substr(0, name.size() - kWeight.size()));
  return modules;
}

/// "a.attn1.to_out.0" -> "a.attn1.processor.to_out", which with "_lora" at the end is what the first diffusers files
/// said; empty for other modules.
std::string processorName(const std::string& module) {
  for (const char* attention : {".attn1.", ".attn2."}) {
    const size_t at = module.find(attention);
    if (at == std::string::npos) continue;
    std::string layer = module.substr(at + 7);
    if (layer == "to_out.0") layer = "to_out";
    return module.substr(0, at + 7) + "processor." + layer;
  }
  return {};
}

/// Projections of a text encoder's attention as the same files called them.
std::string oldTextName(const std::string& module) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {".q_proj", ".to_q"}, {".k_proj", ".to_k"}, {".v_proj", ".to_v"}, {".out_proj", ".to_out"}};
  for (const auto& [now, then] : kNames)
    if (module.ends_with(now)) return module.substr(0, module.size() - now.size()) + std::string(then);
  return {};
}

}  // namespace

KeyTable::KeyTable(TensorShapes textEncoder, TensorShapes unet)
    : textEncoder_(std::move(textEncoder)), unet_(std::move(unet)) {
  addUNet();
  addTextEncoder();
  numberUNet();
  numberTextEncoder();
}

void KeyTable::add(std::string spelling, NetworkPart part, const std::string& module) {
  targets_.try_emplace(std::move(spelling), Target{part, module});
}

void KeyTable::addUNet() {
  std::vector<std::string> names;
  for (const auto& [name, shape] : unet_) names.push_back(name);
  const NameTable originals = unetNames(names);
  for (const std::string& module : modulesOf(unet_)) {
    for (const char* prefix : {"", "unet.", "base_model.model.", "unet.base_model.model.", "base_model.model.unet."})
      add(prefix + module, NetworkPart::UNet, module);
    for (const char* prefix : {"lora_unet_", "lycoris_"}) add(prefix + underscored(module), NetworkPart::UNet, module);
    if (const std::string old = processorName(module); !old.empty())
      for (const char* prefix : {"", "unet."}) add(prefix + old, NetworkPart::UNet, module);
    if (const auto original = originals.toOriginal(module)) {
      add("lora_unet_" + underscored(*original), NetworkPart::UNet, module);
      for (const char* prefix : {"diffusion_model.", "model.diffusion_model."})
        add(prefix + *original, NetworkPart::UNet, module);
    }
  }
}

void KeyTable::addTextEncoder() {
  constexpr std::string_view kModel = "text_model.";
  for (const std::string& module : modulesOf(textEncoder_)) {
    if (module.find("embedding") != std::string::npos) continue;  // tables of vectors, no layers
    const bool prefixed = module.starts_with(kModel);
    const std::string bare = prefixed ? module.substr(kModel.size()) : module;
    for (const std::string& name : {module, bare})
      for (const char* prefix : {"", "text_encoder.", "base_model.model.", "text_encoder.base_model.model.",
                                 "base_model.model.text_encoder.", "cond_stage_model.transformer.",
                                 "text_encoders.clip_l.transformer.", "clip_l.transformer."})
        add(prefix + name, NetworkPart::TextEncoder, module);
    add("lora_te_" + underscored(module), NetworkPart::TextEncoder, module);
    if (const std::string old = oldTextName(module); !old.empty())
      add("text_encoder." + old, NetworkPart::TextEncoder, module);
  }
}

/// Down blocks, up blocks and then the middle, as the modules of diffusers 0.11 were registered; in each transformer
/// block attn1, the GEGLU, attn2.
void KeyTable::numberUNet() {
  std::vector<std::string> transformers;
  const auto addBlock = [&](const std::string& block) {
    for (int a = 0; a < 8; ++a)
      for (int t = 0; t < 16; ++t) {
        std::string name = fmt::format("{}.attentions.{}.transformer_blocks.{}", block, a, t);
        if (!unet_.contains(name + ".attn1.to_q.weight")) break;
        transformers.push_back(std::move(name));
      }
  };
  for (const char* blocks : {"down_blocks", "up_blocks"})
    for (int b = 0; b < 8; ++b) addBlock(fmt::format("{}.{}", blocks, b));
  addBlock("mid_block");
  for (const std::string& name : transformers)
    for (const char* layer : {"attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.to_out.0", "ff.net.0.proj", "attn2.to_q",
                              "attn2.to_k", "attn2.to_v", "attn2.to_out.0"})
      numbered_[static_cast<size_t>(NetworkPart::UNet)].push_back({NetworkPart::UNet, name + "." + layer});
}

void KeyTable::numberTextEncoder() {
  for (int l = 0; textEncoder_.contains(fmt::format("text_model.encoder.layers.{}.self_attn.k_proj.weight", l)); ++l)
    for (const char* layer : {"k_proj", "v_proj", "q_proj", "out_proj"})
      numbered_[static_cast<size_t>(NetworkPart::TextEncoder)].push_back(
          {NetworkPart::TextEncoder, fmt::format("text_model.encoder.layers.{}.self_attn.{}", l, layer)});
}

const KeyTable::Target* KeyTable::find(std::string_view spelling) const {
  const auto found = targets_.find(std::string(spelling));
  return found == targets_.end() ? nullptr : &found->second;
}

const Shape* KeyTable::shapeOf(NetworkPart part, const std::string& tensor) const {
  const TensorShapes& table = shapes(part);
  const auto found = table.find(tensor);
  return found == table.end() ? nullptr : &found->second;
}

const KeyTable::Target* KeyTable::numbered(NetworkPart part, size_t index) const {
  const std::vector<Target>& list = numbered_[static_cast<size_t>(part)];
  return index < list.size() ? &list[index] : nullptr;
}

}  // namespace lorikeet
