#include "adapters/adapter_keys.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace lorikeet {
namespace {

using Ending = std::pair<std::string_view, std::string_view>;

/// Longer endings stand before those that they end with.
constexpr std::array<Ending, 51> kEndings{{
    {".lora_linear_layer.down.weight", "down"},
    {".lora_linear_layer.up.weight", "up"},
    {".lora_linear_layer.alpha", "alpha"},
    {".lora.down.weight", "down"},
    {".lora.up.weight", "up"},
    {".lora.alpha", "alpha"},
    {".lora.dora_scale", "dora_scale"},
    {"_lora.down.weight", "down"},
    {"_lora.up.weight", "up"},
    {"_lora.alpha", "alpha"},
    {".lora_down.weight", "down"},
    {".lora_up.weight", "up"},
    {".lora_mid.weight", "mid"},
    {".lora_A.weight", "down"},
    {".lora_B.weight", "up"},
    {".lora_A", "down"},
    {".lora_B", "up"},
    {".lora_scale", "lora_scale"},
    {".lora_magnitude_vector.weight", "magnitude"},
    {".lora_magnitude_vector", "magnitude"},
    {".dora_scale", "dora_scale"},
    {".alpha", "alpha"},
    {".hada_w1_a", "hada_w1_a"},
    {".hada_w1_b", "hada_w1_b"},
    {".hada_w2_a", "hada_w2_a"},
    {".hada_w2_b", "hada_w2_b"},
    {".hada_t1", "hada_t1"},
    {".hada_t2", "hada_t2"},
    {".lokr_w1_a", "lokr_w1_a"},
    {".lokr_w1_b", "lokr_w1_b"},
    {".lokr_w2_a", "lokr_w2_a"},
    {".lokr_w2_b", "lokr_w2_b"},
    {".lokr_w1", "lokr_w1"},
    {".lokr_w2", "lokr_w2"},
    {".lokr_t2", "lokr_t2"},
    {".ia3_l", "ia3_l"},
    {".oft_R.weight", "oft_R"},
    {".oft_blocks", "oft_blocks"},
    {".oft_diag", "oft_diag"},
    {".rescale", "rescale"},
    {".a1.weight", "a1"},
    {".a2.weight", "a2"},
    {".b1.weight", "b1"},
    {".b2.weight", "b2"},
    {".on_input", "on_input"},
    {".diff_b", "diff_b"},
    {".diff", "diff"},
    {".w_norm", "w_norm"},
    {".b_norm", "b_norm"},
    {".scalar", "scalar"},
    {".weight", "weight"},
}};

/// What PEFT puts before the name of an adapter, with ".weight" after it and without.
constexpr std::array<Ending, 4> kNamedModules{
    {{".lora_A", "down"}, {".lora_B", "up"}, {".lora_magnitude_vector", "magnitude"}, {".oft_R", "oft_R"}}};
constexpr std::array<Ending, 14> kNamedParameters{{{".ia3_l", "ia3_l"},
                                                   {".hada_w1_a", "hada_w1_a"},
                                                   {".hada_w1_b", "hada_w1_b"},
                                                   {".hada_w2_a", "hada_w2_a"},
                                                   {".hada_w2_b", "hada_w2_b"},
                                                   {".hada_t1", "hada_t1"},
                                                   {".hada_t2", "hada_t2"},
                                                   {".lokr_w1", "lokr_w1"},
                                                   {".lokr_w1_a", "lokr_w1_a"},
                                                   {".lokr_w1_b", "lokr_w1_b"},
                                                   {".lokr_w2", "lokr_w2"},
                                                   {".lokr_w2_a", "lokr_w2_a"},
                                                   {".lokr_w2_b", "lokr_w2_b"},
                                                   {".lokr_t2", "lokr_t2"}}};

/// "MODULE.lora_A.NAME.weight" and "MODULE.ia3_l.NAME", as PEFT names several adapters in one file.
std::optional<AdapterKey> splitNamedVariant(std::string_view name) {
  constexpr std::string_view kWeight = ".weight";
  const bool isModule = name.ends_with(kWeight);
  const std::string_view stem = isModule ? name.substr(0, name.size() - kWeight.size()) : name;
  const size_t dot = stem.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view head = stem.substr(0, dot);
  const std::span<const Ending> endings =
      isModule ? std::span<const Ending>(kNamedModules) : std::span<const Ending>(kNamedParameters);
  for (const auto& [ending, role] : endings)
    if (head.ends_with(ending))
      return AdapterKey{head.substr(0, head.size() - ending.size()), role, stem.substr(dot + 1)};
  return std::nullopt;
}

}  // namespace

std::optional<AdapterKey> splitAdapterKey(std::string_view name) {
  if (const auto named = splitNamedVariant(name)) return named;
  const auto known = std::find_if(kEndings.begin(), kEndings.end(),
                                  [name](const Ending& ending) { return name.ends_with(ending.first); });
  if (known == kEndings.end() || known->first.size() == name.size()) return std::nullopt;
  return AdapterKey{name.substr(0, name.size() - known->first.size()), known->second, {}};
}

}  // namespace lorikeet
