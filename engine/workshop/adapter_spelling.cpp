#include "workshop/adapter_spelling.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/name_key.h"

namespace lorikeet {
namespace {

constexpr EnumName<AdapterForm> kForms[] = {
    {AdapterForm::Kohya, "kohya", "kohya"},
    {AdapterForm::Diffusers, "diffusers", "diffusers"},
    {AdapterForm::DiffusersOld, "diffusers-old", "diffusers (old)"},
    {AdapterForm::Peft, "peft", "PEFT"},
    {AdapterForm::Ldm, "ldm", "original block names"},
    {AdapterForm::Onnx, "onnx", "ONNX initializers"},
};

std::string joinedByLines(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

/// ONNX nodes lie in folders, numbers stay with their list: "mid_block/attentions.0/proj_in".
std::string nodeName(const std::string& module) {
  std::string name = module;
  for (size_t i = 0; i + 1 < name.size(); ++i)
    if (name[i] == '.' && std::isdigit(static_cast<unsigned char>(name[i + 1])) == 0) name[i] = '/';
  return name;
}

std::string originalUnetName(const std::string& module, const ModelNames& names) {
  if (const auto original = names.originalName(module)) return *original;
  throw Error(ErrorKind::Unsupported,
              fmt::format("The module {} has no name in the original checkpoints' spelling.", module));
}

using RoleEnding = std::pair<std::string_view, std::string_view>;

std::optional<std::string> endingOf(std::span<const RoleEnding> endings, std::string_view role) {
  for (const auto& [known, ending] : endings)
    if (known == role) return std::string(ending);
  return std::nullopt;
}

constexpr RoleEnding kPeftEndings[] = {
    {"down", ".lora_A.weight"},  {"up", ".lora_B.weight"},    {"magnitude", ".lora_magnitude_vector"},
    {"hada_w1_a", ".hada_w1_a"}, {"hada_w1_b", ".hada_w1_b"}, {"hada_w2_a", ".hada_w2_a"},
    {"hada_w2_b", ".hada_w2_b"}, {"hada_t1", ".hada_t1"},     {"hada_t2", ".hada_t2"},
    {"lokr_w1", ".lokr_w1"},     {"lokr_w1_a", ".lokr_w1_a"}, {"lokr_w1_b", ".lokr_w1_b"},
    {"lokr_w2", ".lokr_w2"},     {"lokr_w2_a", ".lokr_w2_a"}, {"lokr_w2_b", ".lokr_w2_b"},
    {"lokr_t2", ".lokr_t2"},     {"oft_R", ".oft_R.weight"},  {"ia3_l", ".ia3_l"}};
constexpr RoleEnding kOldEndings[] = {{"down", ".lora.down.weight"}, {"up", ".lora.up.weight"}};
constexpr RoleEnding kOldTextEndings[] = {{"down", ".lora_linear_layer.down.weight"},
                                          {"up", ".lora_linear_layer.up.weight"}};
constexpr RoleEnding kOnnxEndings[] = {
    {"down", "/lora_down.weight"}, {"up", "/lora_up.weight"}, {"alpha", "/alpha"}, {"dora_scale", "/dora_scale"}};
constexpr RoleEnding kKohyaEndings[] = {
    {"down", ".lora_down.weight"}, {"up", ".lora_up.weight"}, {"mid", ".lora_mid.weight"}, {"a1", ".a1.weight"},
    {"a2", ".a2.weight"},          {"b1", ".b1.weight"},      {"b2", ".b2.weight"},        {"weight", ".weight"}};
/// Roles that LyCORIS spells as they are called here.
constexpr std::string_view kKohyaPlain[] = {
    "alpha",     "dora_scale", "hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2",
    "lokr_w1_a", "lokr_w1_b",  "lokr_w2_a", "lokr_w2_b", "lokr_w1",   "lokr_w2",   "lokr_t2", "oft_blocks",
    "oft_diag",  "rescale",    "on_input",  "diff",      "diff_b",    "w_norm",    "b_norm",  "scalar"};

}  // namespace

std::span<const EnumName<AdapterForm>> adapterFormNames() { return kForms; }

AdapterForm adapterFormFromName(std::string_view text) {
  std::string choices;
  for (const auto& row : kForms) {
    if (nameKey(text) == nameKey(row.name) || nameKey(text) == nameKey(row.label)) return row.value;
    choices += (choices.empty() ? "" : ", ") + std::string(row.name);
  }
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("There is no adapter format called \"{}\"; the formats are {}.", text, choices));
}

std::string spelledModule(AdapterForm form, NetworkPart part, const std::string& module, const ModelNames& names) {
  const bool isUnet = part == NetworkPart::UNet;
  switch (form) {
    case AdapterForm::Kohya:
      return (isUnet ? "lora_unet_" : "lora_te_") + joinedByLines(module);
    case AdapterForm::Ldm:
      return isUnet ? "lora_unet_" + joinedByLines(originalUnetName(module, names))
                    : "lora_te_" + joinedByLines(module);
    case AdapterForm::Diffusers:
    case AdapterForm::DiffusersOld:
      return (isUnet ? "unet." : "text_encoder.") + module;
    case AdapterForm::Peft:
      return "base_model.model." + module;
    case AdapterForm::Onnx:
      return (isUnet ? "/unet/" : "/text_encoder/") + nodeName(module);
  }
  return module;
}

std::optional<std::string> spelledRole(AdapterForm form, NetworkPart part, std::string_view role) {
  switch (form) {
    case AdapterForm::Diffusers:
    case AdapterForm::Peft:
      return endingOf(kPeftEndings, role);
    case AdapterForm::DiffusersOld:
      return part == NetworkPart::UNet ? endingOf(kOldEndings, role) : endingOf(kOldTextEndings, role);
    case AdapterForm::Onnx:
      return endingOf(kOnnxEndings, role);
    case AdapterForm::Kohya:
    case AdapterForm::Ldm:
      break;
  }
  if (std::count(std::begin(kKohyaPlain), std::end(kKohyaPlain), role) > 0) return "." + std::string(role);
  return endingOf(kKohyaEndings, role);
}

}  // namespace lorikeet
