#include <memory>

#include "cli/adapter_options.h"
#include "cli/lora_commands.h"
#include "cli/rank_options.h"

namespace lorikeet::cli {
namespace {

struct MergeOptions {
  MergeAdaptersRequest request;
  AdapterOptions adapters;
  std::filesystem::path model;  ///< to merge into; empty: into one adapter
  WeightType type = WeightType::F32;
  const CLI::Option* typeOption = nullptr;
  int threads = 0;
  bool onlyEstimate = false;
};

int runMerge(const MergeOptions& options, bool asJson, std::stop_token stop) {
  const bool hasType = options.typeOption->count() > 0;
  MergeAdaptersRequest request = options.request;
  request.adapters = adaptersFor(options.adapters);
  if (hasType) request.type = options.type;
  const auto type = hasType ? std::optional(options.type) : std::nullopt;
  const MergeIntoModelRequest intoModel{options.model, request.adapters, request.output, type, request.partial};
  if (options.onlyEstimate)
    return printWorkshopEstimate(options.threads, asJson, [&](const WorkshopControl& control) {
      return options.model.empty() ? estimateWorkshop(request, control) : estimateWorkshop(intoModel, control);
    });
  const auto merge = [&](const WorkshopControl& control) {
    return options.model.empty() ? mergeAdapters(request, control) : mergeIntoModel(intoModel, control);
  };
  return runWorkshop("merging", std::move(stop), options.threads, asJson, merge);
}

}  // namespace

void addLoraMergeCommand(CommandLine& line, CLI::App& group) {
  CLI::App* command = addSubcommand(group, "merge", "Merge adapters into a model, or several adapters into one");
  auto options = std::make_shared<MergeOptions>();
  addAdapterOptions(*command, options->adapters);
  addOption(*command, "-o,--out", options->request.output,
            "File to write (.safetensors); a new folder for a model that is one and with --to peft")
      ->type_name("OUT")
      ->required();
  CLI::Option* model =
      addOption(*command, "-m,--model", options->model, "Model to merge into; without it one adapter is written")
          ->type_name("FILE");
  options->typeOption =
      addTypeOption(line, *command, options->type, "of a model what each tensor has, of an adapter f32");
  for (CLI::Option* option : addRankOptions(*command, options->request.rank)) option->excludes(model);
  addFormOption(line, *command, options->request.form)->excludes(model);
  addOption(*command, "--base", options->request.model,
            "Model that the adapters are for, where they become one adapter (default: Stable Diffusion 1.x or "
            "2.x, whichever fits)")
      ->type_name("FILE")
      ->excludes(model);
  addFlag(*command, "--partial", options->request.partial, "Leave tensors out that match nothing in the model");
  addThreadsOption(*command, options->threads);
  addEstimateFlag(*command, options->onlyEstimate);
  addFlag(*command, "--json", line.json, "Print the result as JSON and nothing else on stdout");
  command->footer(
      "Without --rank, --energy and --ratio an adapter has exactly the effect of all of them together.\n"
      "A merge into a model or at a rank that was stopped or killed leaves OUT.partial; the same command goes on with "
      "it.\n"
      "Examples:\n"
      "  lorikeet-cli lora merge -m model.safetensors -l ink.safetensors:0.8 -l neon.safetensors -o "
      "merged.safetensors\n"
      "  lorikeet-cli lora merge -l ink.safetensors:0.8 -l neon.safetensors:0.5 -o both.safetensors --rank 32");
  command->callback([&line, options] {
    line.run = [&line, options](std::stop_token stop) { return runMerge(*options, line.json, std::move(stop)); };
  });
}

}  // namespace lorikeet::cli
