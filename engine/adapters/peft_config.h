#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/adapter_module.h"

namespace lorikeet {

/// What PEFT's adapter_config.json says beyond the tensors, for its methods LoRA, LoHa, LoKr, (IA)3 and OFT.
struct PeftConfig {
  std::string method = "LORA";
  std::optional<double> alpha;  ///< of methods that have one
  int64_t rank = 0;
  bool rankStabilized = false;
  std::vector<std::pair<std::string, double>> alphaPattern;  ///< module name or dotted ending of one, alpha
  std::vector<std::pair<std::string, double>> rankPattern;   ///< the same for the rank

  std::vector<std::string> feedForward;  ///< (IA)3: module names or dotted endings whose input is scaled
  int neumannTerms = 0;                  ///< OFT: see AdapterModule
  double rotationLimit = 0;

  /// Adds what holds for a module, "down_blocks.0.resnets.0.conv1".
  void applyTo(AdapterModule& module) const;

  /// Throws Error(NotFound | Io | Corrupt), and Error(Unsupported) for other methods and for patterns that are not
  /// plain names.
  static PeftConfig read(const std::filesystem::path& file);
  static PeftConfig fromJson(const nlohmann::json& json, const std::string& source);
};

}  // namespace lorikeet
