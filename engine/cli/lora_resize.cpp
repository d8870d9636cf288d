#include <memory>

#include "cli/lora_commands.h"
#include "cli/rank_options.h"

namespace lorikeet::cli {
namespace {

struct ResizeOptions {
  ResizeAdapterRequest request;
  std::string input;
  int threads = 0;
  bool onlyEstimate = false;
};

int runResize(const ResizeOptions& options, bool asJson, std::stop_token stop) {
  ResizeAdapterRequest request = options.request;
  request.input = adapterSource(options.input);
  if (options.onlyEstimate)
    return printWorkshopEstimate(options.threads, asJson,
                                 [&](const WorkshopControl& control) { return estimateWorkshop(request, control); });
  return runWorkshop("resizing", std::move(stop), options.threads, asJson,
                     [&](const WorkshopControl& control) { return resizeAdapter(request, control); });
}

}  // namespace

void addLoraResizeCommand(CommandLine& line, CLI::App& group) {
  CLI::App* command = addSubcommand(group, "resize", "Bring an adapter to a lower rank, and tell what that costs");
  auto options = std::make_shared<ResizeOptions>();
  addOption(*command, "input", options->input, "Adapter (file or folder), FILE#VARIANT for one of several in a file")
      ->type_name("IN")
      ->required();
  addOption(*command, "output", options->request.output, "File to write; a new folder with --to peft")
      ->type_name("OUT")
      ->required();
  addRankOptions(*command, options->request.rank);
  addFormOption(line, *command, options->request.form);
  addTypeOption(line, *command, options->request.type, "f16");
  addModelNamesOption(*command, options->request.model);
  addFlag(*command, "--partial", options->request.partial, "Leave tensors out that match nothing in the model");
  addThreadsOption(*command, options->threads);
  addEstimateFlag(*command, options->onlyEstimate);
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer(
      "What was stopped or killed leaves OUT.partial; the same command goes on with it, to the same bytes.\n"
      "Example:\n  lorikeet-cli lora resize ink.safetensors small.safetensors --rank 16 --energy 0.99");
  command->callback([&line, options] {
    line.run = [&line, options](std::stop_token stop) { return runResize(*options, line.json, std::move(stop)); };
  });
}

}  // namespace lorikeet::cli
