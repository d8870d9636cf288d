#include "adapters/peft_config.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/json_file.h"

namespace lorikeet {

namespace {

bool names(std::string_view module, const std::string& pattern) {
  return module == pattern || module.ends_with("." + pattern);
}

/// A pattern of PEFT as the plain name that it nearly always is.
std::string plainName(const std::string& pattern, const char* field, const std::string& source) {
  std::string plain = pattern.starts_with('^') ? pattern.substr(1) : pattern;
  if (plain.find_first_of("*+?[](){}|^$\\") != std::string::npos)
    throw Error(ErrorKind::Unsupported,
                fmt::format("{}: {} \"{}\" is a regular expression, which is not read.", source, field, pattern));
  return plain;
}

std::vector<std::pair<std::string, double>> readPattern(const nlohmann::json& json, const char* field,
                                                        const std::string& source) {
  std::vector<std::pair<std::string, double>> list;
  const auto patterns = json.find(field);
  if (patterns == json.end() || !patterns->is_object()) return list;
  for (const auto& [name, value] : patterns->items()) {
    if (!value.is_number())
      throw Error(ErrorKind::Corrupt, fmt::format("{}: {} \"{}\" is not a number.", source, field, name));
    list.emplace_back(plainName(name, field, source), value.get<double>());
  }
  return list;
}

void readFeedForward(const nlohmann::json& json, const std::string& source, PeftConfig& config) {
  const auto list = json.find("feedforward_modules");
  if (list == json.end() || list->is_null()) return;
  if (list->is_string()) {
    config.feedForward.push_back(plainName(list->get<std::string>(), "feedforward_modules", source));
    return;
  }
  for (const std::string& name : JsonFields(&json, source).texts("feedforward_modules", {}))
    config.feedForward.push_back(plainName(name, "feedforward_modules", source));
}

/// Before PEFT had the series it always computed the inverse, and said nothing of it.
void readOft(const JsonFields& fields, PeftConfig& config) {
  if (fields.boolean("use_cayley_neumann", false))
    config.neumannTerms = static_cast<int>(std::clamp<int64_t>(fields.integer("num_cayley_neumann_terms", 5), 1, 64));
  if (fields.boolean("coft", false)) config.rotationLimit = fields.number("eps", 6e-5);
}

}  // namespace

void PeftConfig::applyTo(AdapterModule& module) const {
  module.alpha = alpha;
  for (const auto& [pattern, value] : alphaPattern)
    if (names(module.name, pattern)) module.alpha = value;
  module.rankStabilized = rankStabilized;
  module.configuredRank = rank;
  for (const auto& [pattern, value] : rankPattern)
    if (names(module.name, pattern)) module.configuredRank = static_cast<int64_t>(value);
  module.neumannTerms = neumannTerms;
  module.rotationLimit = rotationLimit;
  for (const std::string& pattern : feedForward)
    if (names(module.name, pattern)) module.scalesInput = true;
}

PeftConfig PeftConfig::read(const std::filesystem::path& file) {
  return fromJson(*readJsonObject(file), fmt::format("\"{}\"", file.string()));
}

PeftConfig PeftConfig::fromJson(const nlohmann::json& json, const std::string& source) {
  constexpr const char* kMethods[] = {"LORA", "LOHA", "LOKR", "IA3", "OFT"};
  const JsonFields fields(&json, source);
  PeftConfig config;
  config.method = fields.text("peft_type", "LORA");
  if (std::find(std::begin(kMethods), std::end(kMethods), config.method) == std::end(kMethods))
    throw Error(ErrorKind::Unsupported,
                fmt::format("{} is for PEFT's {}; Lorikeet reads LoRA, DoRA, LoHa, LoKr, (IA)3 and OFT.", source,
                            config.method));
  if (config.method == "LORA") config.alpha = fields.number("lora_alpha", 8);
  if (config.method == "LOHA" || config.method == "LOKR") config.alpha = fields.number("alpha", 8);
  if (config.method != "IA3") config.rank = fields.integer("r", 0);
  config.rankStabilized = fields.boolean("use_rslora", false);
  config.alphaPattern = readPattern(json, "alpha_pattern", source);
  if (config.method == "LOKR") config.rankPattern = readPattern(json, "rank_pattern", source);
  readFeedForward(json, source, config);
  if (config.method == "OFT") readOft(fields, config);
  return config;
}

}  // namespace lorikeet
