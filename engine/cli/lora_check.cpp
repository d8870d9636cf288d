#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/adapter_options.h"
#include "cli/json_report.h"
#include "cli/json_text.h"
#include "cli/lora_commands.h"
#include "lorikeet/adapter_info.h"
#include "lorikeet/engine.h"

namespace lorikeet::cli {
namespace {

using json = nlohmann::ordered_json;

/// How one adapter goes with a model.
struct AdapterCheck {
  AdapterUse use;
  std::optional<AdapterInfo> info;  ///< nothing where it does not fit
  std::string kind, reason;         ///< why not
};

AdapterCheck check(const std::string& file, const std::filesystem::path& model) {
  AdapterCheck result{splitVariant(file), {}, {}, {}};
  try {
    result.info = inspectAdapter(result.use.file, model, result.use.variant);
  } catch (const Error& error) {
    result.kind = errorKindName(error.kind());
    result.reason = error.what();
  }
  return result;
}

json checkJson(const AdapterCheck& check) {
  json report = {{"file", check.use.file.string()}, {"variant", check.use.variant}, {"fits", check.info.has_value()}};
  if (!check.info) {
    report["error"] = {{"kind", check.kind}, {"message", check.reason}};
    return report;
  }
  report["family"] = check.info->family;
  report["matched_tensors"] = check.info->matchedTensors;
  report["tensors"] = check.info->tensorCount;
  report["unet_modules"] = check.info->unetModules;
  report["text_encoder_modules"] = check.info->textEncoderModules;
  report["unmatched_keys"] = check.info->unmatchedKeys;
  report["warnings"] = check.info->warnings;
  return report;
}

std::string checkText(const AdapterCheck& check) {
  constexpr size_t kMostKeys = 50;
  if (!check.info) return fmt::format("{}: refused\n  {}\n", check.use.file.string(), check.reason);
  const AdapterInfo& info = *check.info;
  const std::string variant = check.use.variant.empty() ? "" : "#" + check.use.variant;
  std::string text =
      fmt::format("{}{}: {}, {} of {} tensors matched ({} modules of the UNet, {} of the text encoder)\n",
                  check.use.file.string(), variant, info.unmatchedKeys.empty() ? "fits" : "fits in part",
                  info.matchedTensors, info.tensorCount, info.unetModules, info.textEncoderModules);
  for (const std::string& warning : info.warnings) text += fmt::format("  warning: {}\n", warning);
  const size_t shown = std::min(kMostKeys, info.unmatchedKeys.size());
  for (size_t i = 0; i < shown; ++i) text += fmt::format("  unmatched: {}\n", info.unmatchedKeys[i]);
  if (shown < info.unmatchedKeys.size())
    text += fmt::format("  and {} more, all of them with --json\n", info.unmatchedKeys.size() - shown);
  return text;
}

int checkAll(const std::vector<std::string>& files, const std::filesystem::path& model, bool asJson) {
  if (!model.empty()) inspectModel(model);  // what is wrong with it is no fault of the files
  bool allFit = true;
  json list = json::array();
  for (const std::string& file : files) {
    const AdapterCheck result = check(file, model);
    allFit = allFit && result.info;
    if (asJson)
      list.push_back(checkJson(result));
    else
      fmt::print("{}", checkText(result));
  }
  if (asJson) fmt::print("{}\n", jsonText(list));
  return allFit ? kDone : kFailed;
}

}  // namespace

void addLoraCheckCommand(CommandLine& line, CLI::App& group) {
  CLI::App* command = addSubcommand(
      group, "check", "Tell whether adapters fit a model: how many of their tensors match it, and which do not");
  auto files = std::make_shared<std::vector<std::string>>();
  addOption(*command, "files", *files, "Adapters (file or folder), FILE#VARIANT for one of several in a file")
      ->type_name("FILE")
      ->required()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  auto model = std::make_shared<std::filesystem::path>();
  addOption(*command, "-m,--model", *model, "Model to compare with (default: the starter model)")->type_name("FILE");
  addFlag(*command, "--json", line.json, "Print a JSON list, one object a file");
  command->footer(
      "Exits with 1 if one of them is refused: it matches nothing, was made for another family of models or is "
      "damaged.\n"
      "Whether two adapters do the same to every weight is told by lora compare.\n"
      "Example:\n"
      "  lorikeet-cli lora check ink.safetensors neon.safetensors -m model.safetensors");
  command->callback([&line, files, model] {
    line.run = [&line, files, model](std::stop_token) { return checkAll(*files, *model, line.json); };
  });
}

}  // namespace lorikeet::cli
