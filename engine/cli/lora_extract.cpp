#include <memory>

#include "cli/lora_commands.h"
#include "cli/rank_options.h"

namespace lorikeet::cli {
namespace {

struct ExtractOptions {
  ExtractAdapterRequest request;
  std::filesystem::path model;  ///< that an adapter inside a checkpoint is for
  bool partial = false;
  double error = 0;
  const CLI::Option* rankOption = nullptr;
  int threads = 0;
  bool onlyEstimate = false;
};

ExtractAdapterRequest requestOf(const ExtractOptions& options) {
  ExtractAdapterRequest request = options.request;
  if (!(options.error >= 0 && options.error < 1))
    throw Error(ErrorKind::InvalidArgument, "The relative error (--error) is 0 to 1.");
  // The squares of what is kept and of what is missing add up to the whole.
  if (options.error > 0) request.rank.energy = 1 - options.error * options.error;
  const bool isBounded = request.rank.energy > 0 || request.rank.ratio > 0;
  if (isBounded && options.rankOption->count() == 0) request.rank.rank = 0;
  return request;
}

int runExtract(const ExtractOptions& options, bool asJson, std::stop_token stop) {
  const ExtractAdapterRequest request = requestOf(options);
  const ConvertAdapterRequest inside{{request.tuned, {}}, request.output, request.form, options.model, options.partial};
  if (options.onlyEstimate)
    return printWorkshopEstimate(options.threads, asJson, [&](const WorkshopControl& control) {
      return request.base.empty() ? estimateWorkshop(inside, control) : estimateWorkshop(request, control);
    });
  const auto extract = [&](const WorkshopControl& control) {
    return request.base.empty() ? convertAdapter(inside, control) : extractAdapter(request, control);
  };
  return runWorkshop("extracting", std::move(stop), options.threads, asJson, extract);
}

}  // namespace

void addLoraExtractCommand(CommandLine& line, CLI::App& group) {
  CLI::App* command =
      addSubcommand(group, "extract",
                    "Make an adapter of the difference of two models, or take the one out that lies in a checkpoint");
  auto options = std::make_shared<ExtractOptions>();
  ExtractAdapterRequest& request = options->request;
  addOption(*command, "input", request.tuned,
            "Model with the change; without --base a checkpoint with an adapter inside (lora_wrapper, PEFT, "
            "accelerate)")
      ->type_name("IN")
      ->required();
  addOption(*command, "output", request.output, "File to write; a new folder with --to peft")
      ->type_name("OUT")
      ->required();
  CLI::Option* base = addOption(*command, "--base", request.base, "Model without the change")->type_name("FILE");
  addOption(*command, "-m,--model", options->model,
            "Model that an adapter inside a checkpoint is for (default: Stable Diffusion 1.x or 2.x, whichever fits)")
      ->type_name("FILE")
      ->excludes(base);
  const std::vector<CLI::Option*> ranks = addRankOptions(*command, request.rank);
  options->rankOption = ranks.front();
  for (CLI::Option* option : ranks) option->needs(base);
  addOption(*command, "--error", options->error, "Relative error, 0 to 1, that no module exceeds: sets the ranks")
      ->type_name("ERROR")
      ->needs(base);
  addOption(*command, "--config", request.configuration,
            "lora_wrapper's configuration (JSON): which layers, and their ranks")
      ->type_name("FILE")
      ->needs(base);
  addFlag(*command, "!--linear", request.convolutions, "Leave convolutions with kernels larger than 1x1 out")
      ->needs(base);
  addFormOption(line, *command, request.form);
  addTypeOption(line, *command, request.type, "f16");
  addFlag(*command, "--partial", options->partial, "Leave tensors out that match nothing in the model")->excludes(base);
  addThreadsOption(*command, options->threads);
  addEstimateFlag(*command, options->onlyEstimate);
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer(
      "With --base the rank is 16 unless --rank, --energy, --ratio, --error or --config say otherwise.\n"
      "A stopped or killed extraction leaves OUT.partial; the same command goes on with it, to the same bytes.\n"
      "Examples:\n"
      "  lorikeet-cli lora extract tuned.safetensors style.safetensors --base model.safetensors --rank 32\n"
      "  lorikeet-cli lora extract checkpoint-500/ style.safetensors");
  command->callback([&line, options] {
    line.run = [&line, options](std::stop_token stop) { return runExtract(*options, line.json, std::move(stop)); };
  });
}

}  // namespace lorikeet::cli
