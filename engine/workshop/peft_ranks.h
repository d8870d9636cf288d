#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lorikeet {

/// Ranks and alphas of layers as PEFT's configurations state them: the usual ones, and the exceptions by layer.
class PeftRanks {
 public:
  /// `module` is a canonical name.
  void add(const std::string& module, int64_t rank, double alpha);
  /// "r", the alpha under the name that the method has for it, "rank_pattern", "alpha_pattern" and "target_modules".
  nlohmann::ordered_json fields(const char* alphaField) const;

 private:
  std::map<std::string, double> ranks_, alphas_;
};

/// transformers' newer releases know the text encoder's layers without "text_model."; endings match in both.
std::string peftLayerName(const std::string& module);

}  // namespace lorikeet
