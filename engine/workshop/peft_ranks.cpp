#include "workshop/peft_ranks.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace lorikeet {
namespace {

using json = nlohmann::ordered_json;

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

std::string peftLayerName(const std::string& module) {
  constexpr std::string_view kPrefix = "text_model.";
  return module.starts_with(kPrefix) ? module.substr(kPrefix.size()) : module;
}

void PeftRanks::add(const std::string& module, int64_t rank, double alpha) {
  ranks_[peftLayerName(module)] = static_cast<double>(rank);
  alphas_[peftLayerName(module)] = alpha;
}

json PeftRanks::fields(const char* alphaField) const {
  const double rank = mostFrequent(ranks_), alpha = mostFrequent(alphas_);
  json targets = json::array();
  for (const auto& [name, value] : ranks_) targets.push_back(name);
  return {{"r", numberOf(rank)},
          {alphaField, numberOf(alpha)},
          {"rank_pattern", exceptions(ranks_, rank)},
          {"alpha_pattern", exceptions(alphas_, alpha)},
          {"target_modules", targets}};
}

}  // namespace lorikeet
