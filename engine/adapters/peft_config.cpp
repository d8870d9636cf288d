#include "adapters/peft_config.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <nlohmann/json.hpp>

#include "io/json_file.h"

namespace lorikeet {

double PeftConfig::alphaOf(std::string_view module) const {
  for (const auto& [pattern, value] : alphaPattern)
    if (module == pattern || module.ends_with("." + pattern)) return value;
  return alpha;
}

PeftConfig PeftConfig::read(const std::filesystem::path& file) {
  return fromJson(*readJsonObject(file), fmt::format("\"{}\"", file.string()));
}

PeftConfig PeftConfig::fromJson(const nlohmann::json& json, const std::string& source) {
  const JsonFields fields(&json, source);
  const std::string method = fields.text("peft_type", "LORA");
  if (method != "LORA")
    throw Error(ErrorKind::Unsupported,
                fmt::format("{} is for PEFT's {}; Lorikeet reads LoRA and DoRA.", source, method));
  PeftConfig config;
  config.alpha = fields.number("lora_alpha", 8);
  config.rankStabilized = fields.boolean("use_rslora", false);
  const auto patterns = json.find("alpha_pattern");
  if (patterns == json.end() || !patterns->is_object()) return config;
  for (const auto& [name, value] : patterns->items()) {
    if (!value.is_number())
      throw Error(ErrorKind::Corrupt, fmt::format("{}: alpha_pattern \"{}\" is not a number.", source, name));
    const std::string plain = name.starts_with('^') ? name.substr(1) : name;
    if (plain.find_first_of("*+?[](){}|^$\\") != std::string::npos)
      throw Error(ErrorKind::Unsupported,
                  fmt::format("{}: alpha_pattern \"{}\" is a regular expression, which is not read.", source, name));
    config.alphaPattern.emplace_back(plain, value.get<double>());
  }
  return config;
}

}  // namespace lorikeet
