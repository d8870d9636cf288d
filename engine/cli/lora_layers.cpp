#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/json_text.h"
#include "cli/lora_commands.h"

namespace lorikeet::cli {
namespace {

struct LayersOptions {
  std::filesystem::path configuration, model;
};

int runLayers(const LayersOptions& options, bool asJson) {
  const LoraConfiguration result = readLoraConfiguration(options.configuration, options.model);
  if (asJson) {
    nlohmann::ordered_json report{{"status", "done"},
                                  {"parameters", result.parameters},
                                  {"trains_model", result.trainsModel},
                                  {"modules", nlohmann::ordered_json::array()}};
    for (const LoraConfiguration::Module& module : result.modules)
      report["modules"].push_back(
          {{"module", module.name}, {"rank", module.rank}, {"scale", module.scale}, {"parameters", module.parameters}});
    fmt::print("{}\n", jsonText(report));
    return kDone;
  }
  for (const LoraConfiguration::Module& module : result.modules)
    fmt::print("{}  rank {}, scale {:g}, {} parameters\n", module.name, module.rank, module.scale, module.parameters);
  fmt::print("{} modules, {} trainable parameters{}\n", result.modules.size(), result.parameters,
             result.trainsModel ? ", and the model's own" : "");
  return kDone;
}

}  // namespace

void addLoraLayersCommand(CommandLine& line, CLI::App& group) {
  CLI::App* command = addSubcommand(
      group, "layers", "Tell which layers of a model lora_wrapper's configuration names, and count their parameters");
  auto options = std::make_shared<LayersOptions>();
  addOption(*command, "config", options->configuration, "Configuration, JSON")->type_name("FILE")->required();
  addOption(*command, "-m,--model", options->model, "Model (default: Stable Diffusion 1.x)")->type_name("FILE");
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer("Example:\n  lorikeet-cli lora layers config.json -m model.safetensors");
  command->callback(
      [&line, options] { line.run = [&line, options](std::stop_token) { return runLayers(*options, line.json); }; });
}

}  // namespace lorikeet::cli
