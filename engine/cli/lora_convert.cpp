#include <memory>

#include "cli/lora_commands.h"
#include "cli/rank_options.h"

namespace lorikeet::cli {
namespace {

struct ConvertOptions {
  ConvertAdapterRequest request;
  std::string input;
  bool onlyEstimate = false;
};

int runConvert(const ConvertOptions& options, bool asJson, std::stop_token stop) {
  ConvertAdapterRequest request = options.request;
  request.input = adapterSource(options.input);
  if (options.onlyEstimate)
    return printWorkshopEstimate(0, asJson,
                                 [&](const WorkshopControl& control) { return estimateWorkshop(request, control); });
  return runWorkshop("converting", std::move(stop), 0, asJson,
                     [&](const WorkshopControl& control) { return convertAdapter(request, control); });
}

}  // namespace

void addLoraConvertCommand(CommandLine& line, CLI::App& group) {
  CLI::App* command =
      addSubcommand(group, "convert", "Write an adapter in another program's form, with the same effect");
  auto options = std::make_shared<ConvertOptions>();
  addOption(*command, "input", options->input, "Adapter (file or folder), FILE#VARIANT for one of several in a file")
      ->type_name("IN")
      ->required();
  addOption(*command, "output", options->request.output, "File to write; a new folder with --to peft")
      ->type_name("OUT")
      ->required();
  addFormOption(line, *command, options->request.form);
  addModelNamesOption(*command, options->request.model);
  addFlag(*command, "--partial", options->request.partial, "Leave tensors out that match nothing in the model");
  addEstimateFlag(*command, options->onlyEstimate);
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer("Example:\n  lorikeet-cli lora convert pytorch_lora_weights.safetensors ink.safetensors --to kohya");
  command->callback([&line, options] {
    line.run = [&line, options](std::stop_token stop) { return runConvert(*options, line.json, std::move(stop)); };
  });
}

}  // namespace lorikeet::cli
