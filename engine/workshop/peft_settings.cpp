#include "workshop/peft_settings.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "workshop/form_module.h"

namespace lorikeet {
namespace {

using json = nlohmann::ordered_json;

/// transformers' newer releases know the text encoder's layers without "text_model."; endings match in both.
std::string layerName(const std::string& module) {
  constexpr std::string_view kPrefix = "text_model.";
  return module.starts_with(kPrefix) ? module.substr(kPrefix.size()) : module;
}

json numberOf(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e9) return static_cast<int64_t>(value);
  return value;
}

double mostFrequent(const std::map<std::string, double>& values) {
  std::map<double, int> counts;
  for (const auto& [name, value] : values) ++counts[value];
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? 1 : most->first;
}

/// The values that differ from the usual one.
json exceptions(const std::map<std::string, double>& values, double usual) {
  json list = json::object();
  for (const auto& [name, value] : values)
    if (value != usual) list[name] = numberOf(value);
  return list;
}

}  // namespace

json peftSettings(std::span<const AdapterModule> modules) {
  std::map<std::string, double> ranks, alphas;
  size_t doras = 0;
  for (const AdapterModule& module : modules) {
    ranks[layerName(module.name)] = static_cast<double>(module.get("down").shape[0]);
    alphas[layerName(module.name)] = effectiveAlpha(module);
    doras += module.has("magnitude") ? 1 : 0;
  }
  if (doras > 0 && doras < modules.size())
    throw Error(ErrorKind::Unsupported,
                fmt::format("{} of {} modules are DoRA and the others LoRA, which PEFT cannot hold in one adapter.",
                            doras, modules.size()));
  const double rank = mostFrequent(ranks), alpha = mostFrequent(alphas);
  json targets = json::array();
  for (const auto& [name, value] : ranks) targets.push_back(name);
  return {{"r", numberOf(rank)},
          {"lora_alpha", numberOf(alpha)},
          {"rank_pattern", exceptions(ranks, rank)},
          {"alpha_pattern", exceptions(alphas, alpha)},
          {"target_modules", targets},
          {"bias", "none"},
          {"lora_dropout", 0.0},
          {"use_dora", doras > 0},
          {"use_rslora", false}};
}

}  // namespace lorikeet
