#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lorikeet {

/// What PEFT's adapter_config.json says about scaling. Ranks show in the tensors.
struct PeftConfig {
  double alpha = 8;
  bool rankStabilized = false;
  std::vector<std::pair<std::string, double>> alphaPattern;  ///< module name or dotted ending of one, alpha

  /// The alpha of a module, "down_blocks.0.resnets.0.conv1".
  double alphaOf(std::string_view module) const;

  /// Throws Error(NotFound | Io | Corrupt), and Error(Unsupported) for other methods than LoRA and for patterns that
  /// are not plain names.
  static PeftConfig read(const std::filesystem::path& file);
  static PeftConfig fromJson(const nlohmann::json& json, const std::string& source);
};

}  // namespace lorikeet
