#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/json_text.h"
#include "cli/lora_commands.h"

namespace lorikeet::cli {
namespace {

struct CompareOptions {
  CompareAdaptersRequest request;
  std::string first, second;
  int threads = 0;
};

std::string comparisonText(const CompareOptions& options, const AdapterComparison& result) {
  std::string text =
      result.equal ? fmt::format("equal: the largest difference in {} modules is {:.3g}", result.modules,
                                 result.largestDifference)
                   : fmt::format("different: by up to {:.3g}, in {}", result.largestDifference, result.worstModule);
  text += fmt::format(" (tolerance {:g})\n", options.request.tolerance);
  const auto list = [&](const std::vector<std::string>& modules, const std::string& file) {
    if (!modules.empty())
      text += fmt::format("  {} modules only in {} (the first: {})\n", modules.size(), file, modules.front());
  };
  list(result.onlyInFirst, options.first);
  list(result.onlyInSecond, options.second);
  return text;
}

int runCompare(const CompareOptions& options, bool asJson, std::stop_token stop) {
  CompareAdaptersRequest request = options.request;
  request.first = adapterSource(options.first);
  request.second = adapterSource(options.second);
  AdapterComparison result;
  {
    WorkshopDisplay display("comparing");
    result = compareAdapters(request, display.control(std::move(stop), options.threads));
  }
  if (result.status == Status::Stopped) return kStopped;
  if (asJson) {
    const nlohmann::ordered_json report{{"status", "done"},
                                        {"equal", result.equal},
                                        {"largest_difference", result.largestDifference},
                                        {"worst_module", result.worstModule},
                                        {"tolerance", request.tolerance},
                                        {"modules", result.modules},
                                        {"only_in_first", result.onlyInFirst},
                                        {"only_in_second", result.onlyInSecond}};
    fmt::print("{}\n", jsonText(report));
  } else {
    fmt::print("{}", comparisonText(options, result));
  }
  return result.equal ? kDone : kFailed;
}

}  // namespace

void addLoraCompareCommand(CommandLine& line, CLI::App& group) {
  CLI::App* command =
      addSubcommand(group, "compare", "Tell whether two adapters do the same to every weight, whatever their formats");
  auto options = std::make_shared<CompareOptions>();
  addOption(*command, "first", options->first, "Adapter (file or folder), FILE#VARIANT for one of several in a file")
      ->type_name("A")
      ->required();
  addOption(*command, "second", options->second, "The other one")->type_name("B")->required();
  addOption(*command, "--tolerance", options->request.tolerance, "Largest difference of a weight that counts as equal")
      ->type_name("NUMBER")
      ->capture_default_str();
  addModelNamesOption(*command, options->request.model);
  addThreadsOption(*command, options->threads);
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer(
      "Exits with 0 if they are equal, with 1 if not.\n"
      "Example:\n"
      "  lorikeet-cli lora compare ink.safetensors pytorch_lora_weights.safetensors --tolerance 1e-6");
  command->callback([&line, options] {
    line.run = [&line, options](std::stop_token stop) { return runCompare(*options, line.json, std::move(stop)); };
  });
}

}  // namespace lorikeet::cli
