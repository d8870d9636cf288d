#include <fmt/format.h>

#include "cli/lora_commands.h"
#include "cli/picture_names.h"
#include "cli/picture_writer.h"
#include "cli/timing_table.h"
#include "cli/training_display.h"
#include "cli/training_options.h"

namespace lorikeet::cli {
namespace {

namespace fs = std::filesystem;

fs::path sampleFolderOf(const TrainingOptions& options) {
  if (!options.sampleFolder.empty()) return options.sampleFolder;
  fs::path folder = options.request.output;
  return folder.replace_extension() += "-samples";
}

int runTraining(const TrainingOptions& options, bool asJson, std::stop_token stop) {
  const TrainingRequest request = requestOf(options);
  if (options.onlyEstimate) {
    const TrainingEstimate estimate = estimateTraining(request);
    fmt::print("{}", asJson ? estimateReport(estimate) + "\n" : trainingText(estimate));
    return kDone;
  }
  const fs::path folder = sampleFolderOf(options);
  if (request.sampleEvery > 0) prepareFolder(folder);
  TrainingDisplay display(stderr);
  PictureWriter writer;
  TrainingCallbacks callbacks;
  callbacks.progress = [&](const TrainingProgress& progress) { display.show(progress); };
  callbacks.started = [&](const TrainingEstimate& estimate) {
    display.clear();
    fmt::print(stderr, "{}", trainingText(estimate));
  };
  callbacks.sample = [&](int step, int index, const GenerateRequest& sample, const Image& picture) {
    GenerateRequest made = sample;
    made.model = request.model;
    writer.write(folder / fmt::format("step-{:06}-{}.png", step, index + 1), made, picture);
  };
  const TrainingResult result = trainAdapter(request, callbacks, std::move(stop));
  display.clear();
  if (options.timings) printTimingTable(result.timings, result.elapsedMs, result.peakMemoryBytes);
  if (asJson) fmt::print("{}\n", trainingReport(result));
  if (result.status == Status::Stopped) {
    const std::string kept =
        result.state.empty() ? "nothing was written" : fmt::format("--resume goes on with {}", result.state.string());
    fmt::print(stderr, "lorikeet-cli: stopped at step {}; {}\n", result.steps, kept);
    return kStopped;
  }
  if (!asJson)
    fmt::print("{}: {} modules, {} trained values, {} steps\n", result.output.string(), result.modules,
               result.parameters, result.steps);
  return kDone;
}

}  // namespace

void addLoraTrainCommand(CommandLine& line, CLI::App& group) {
  CLI::App* command =
      addSubcommand(group, "train", "Learn an adapter or a textual inversion from pictures, on the processor");
  auto options = std::make_shared<TrainingOptions>();
  addTrainingOptions(line, *command, *options);
  command->footer(
      "Ctrl-C stops at once and keeps the state beside the output; --resume goes on as if nothing had happened.\n"
      "Examples:\n"
      "  lorikeet-cli lora train pictures/ style.safetensors -m model.safetensors --caption \"a drawing\" --steps 500\n"
      "  lorikeet-cli lora train cats/ cat.safetensors --inversion \"<my-cat>\" --init cat --rate 0.005");
  command->callback([&line, options] {
    line.run = [&line, options](std::stop_token stop) { return runTraining(*options, line.json, std::move(stop)); };
  });
}

}  // namespace lorikeet::cli
