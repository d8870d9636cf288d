#include "cli/training_display.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/json_text.h"
#include "cli/progress_display.h"

namespace lorikeet::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr auto kTimeBetweenTrainingLines = std::chrono::seconds(10);

std::string trainingLine(const TrainingProgress& progress) {
  switch (progress.stage) {
    case TrainingStage::Loading:
      return "loading the model";
    case TrainingStage::Encoding:
      return fmt::format("encoding pictures {}/{}", progress.done, progress.total);
    case TrainingStage::Sampling:
      return fmt::format("step {}/{}  making a sample", progress.done, progress.total);
    case TrainingStage::Saving:
      return fmt::format("step {}/{}  saving", progress.done, progress.total);
    case TrainingStage::Training:
      break;
  }
  std::string text = fmt::format("step {}/{}  epoch {:.1f}  loss {:.4f} (mean {:.4f})", progress.done, progress.total,
                                 progress.epoch, progress.loss, progress.averageLoss);
  if (progress.secondsPerStep > 0) text += fmt::format("  {:.2f} s/step", progress.secondsPerStep);
  if (progress.secondsLeft > 0) text += fmt::format("  {} left", formatDuration(progress.secondsLeft));
  return text;
}

double gigabytes(int64_t bytes) { return static_cast<double>(bytes) / 1e9; }

}  // namespace

TrainingDisplay::TrainingDisplay(std::FILE* stream) : line_(stream, kTimeBetweenTrainingLines) {}

void TrainingDisplay::show(const TrainingProgress& progress) {
  const bool isLast = progress.stage == TrainingStage::Training && progress.done == progress.total;
  line_.show(trainingLine(progress), fmt::format("{}", static_cast<int>(progress.stage)), isLast);
}

std::string trainingText(const TrainingEstimate& estimate) {
  std::string text = fmt::format(
      "{} pictures at {}x{}, {} captions, {} samples an epoch; {} steps, {:.1f} epochs\n"
      "{} modules, {} trained values\n"
      "about {:.2f} s a step, {} in all; {:.1f} GB of memory{}\n",
      estimate.pictures, estimate.width, estimate.height, estimate.captions, estimate.epochSamples, estimate.steps,
      estimate.epochs, estimate.modules, estimate.parameters, estimate.secondsPerStep, formatDuration(estimate.seconds),
      gigabytes(estimate.memoryBytes),
      estimate.checkpoints ? ", with parts of the network computed twice to save some" : "");
  for (const std::string& warning : estimate.warnings) text += "warning: " + warning + "\n";
  return text;
}

std::string estimateReport(const TrainingEstimate& estimate) {
  return jsonText({{"status", "estimate"},
                   {"pictures", estimate.pictures},
                   {"width", estimate.width},
                   {"height", estimate.height},
                   {"captions", estimate.captions},
                   {"epoch_samples", estimate.epochSamples},
                   {"steps", estimate.steps},
                   {"epochs", estimate.epochs},
                   {"modules", estimate.modules},
                   {"parameters", estimate.parameters},
                   {"checkpointing", estimate.checkpoints},
                   {"memory_bytes", estimate.memoryBytes},
                   {"available_bytes", estimate.availableBytes},
                   {"seconds_per_step", estimate.secondsPerStep},
                   {"seconds", estimate.seconds},
                   {"warnings", estimate.warnings}});
}

std::string trainingReport(const TrainingResult& result) {
  json report{{"status", result.status == Status::Done ? "done" : "stopped"},
              {"file", result.output.string()},
              {"state", result.state.string()},
              {"steps", result.steps},
              {"first_step", result.firstStep},
              {"modules", result.modules},
              {"parameters", result.parameters},
              {"losses", result.losses},
              {"elapsed_ms", result.elapsedMs},
              {"seconds_per_step", result.secondsPerStep},
              {"peak_memory_bytes", result.peakMemoryBytes},
              {"timings", json::array()}};
  for (const Timing& timing : result.timings)
    report["timings"].push_back(
        {{"name", timing.name}, {"calls", timing.calls}, {"ms", timing.elapsedMs}, {"gigaflops", timing.gigaflops}});
  return jsonText(report);
}

}  // namespace lorikeet::cli
