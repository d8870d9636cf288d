#include "cli/rank_options.h"

namespace lorikeet::cli {

std::vector<CLI::Option*> addRankOptions(CLI::App& command, RankRule& rank) {
  return {addOption(command, "--rank", rank.rank, "At most this rank in every module")->type_name("N"),
          addOption(command, "--energy", rank.energy, "Keep this share, 0 to 1, of the sum of squared singular values")
              ->type_name("SHARE"),
          addOption(command, "--ratio", rank.ratio, "Keep singular values of at least 1/RATIO of the largest one")
              ->type_name("RATIO")};
}

CLI::Option* addFormOption(CommandLine& line, CLI::App& command, AdapterForm& form) {
  return addChoice<AdapterForm>(line, command, "--to", form, adapterFormFromName, adapterFormNames(),
                                "Form: kohya (default), diffusers, diffusers-old, peft, ldm (kohya with the original "
                                "block names), onnx (.lora)");
}

CLI::Option* addTypeOption(CommandLine& line, CLI::App& command, WeightType& type, const std::string& usual) {
  return addChoice<WeightType>(line, command, "--type", type, weightTypeFromName, weightTypeNames(),
                               "Type of the matrices: f32, f16, bf16 (default: " + usual + ")");
}

}  // namespace lorikeet::cli
