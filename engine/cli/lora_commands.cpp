#include "cli/lora_commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/adapter_options.h"
#include "cli/json_text.h"
#include "cli/progress_display.h"

namespace lorikeet::cli {
namespace {

using json = nlohmann::ordered_json;

std::string workshopJson(const WorkshopResult& result) {
  json report{{"status", "done"},
              {"file", result.output.string()},
              {"modules", result.modules},
              {"parameters", result.parameters},
              {"notes", result.notes}};
  if (!result.fits.empty()) {
    report["relative_error"] = result.relativeError;
    for (const ModuleFit& fit : result.fits)
      report["fits"].push_back({{"module", fit.module}, {"rank", fit.rank}, {"relative_error", fit.relativeError}});
  }
  return jsonText(report) + "\n";
}

std::string workshopText(const WorkshopResult& result) {
  std::string text =
      fmt::format("{}: {} modules, {} parameters\n", result.output.string(), result.modules, result.parameters);
  if (!result.fits.empty()) {
    const auto [lowest, highest] = std::minmax_element(result.fits.begin(), result.fits.end(),
                                                       [](const auto& a, const auto& b) { return a.rank < b.rank; });
    const auto worst = std::max_element(result.fits.begin(), result.fits.end(),
                                        [](const auto& a, const auto& b) { return a.relativeError < b.relativeError; });
    text += fmt::format("  ranks {} to {}; relative error {:.3g} in all, at most {:.3g} in a module ({})\n",
                        lowest->rank, highest->rank, result.relativeError, worst->relativeError, worst->module);
  }
  for (const std::string& note : result.notes) text += fmt::format("  {}\n", note);
  return text;
}

}  // namespace

WorkshopDisplay::WorkshopDisplay(std::string verb) : verb_(std::move(verb)), isLive_(isatty(STDERR_FILENO) != 0) {}

WorkshopDisplay::~WorkshopDisplay() {
  if (isLive_) fmt::print(stderr, "\r\033[K");
}

WorkshopControl WorkshopDisplay::control(std::stop_token stop, int threads) {
  WorkshopControl control;
  control.stop = std::move(stop);
  control.threads = threads;
  control.keepsPartial = true;
  if (isLive_)
    control.progress = [this](const WorkshopProgress& progress) {
      const std::string left = progress.secondsLeft > 0 ? ", " + formatDuration(progress.secondsLeft) + " left" : "";
      fmt::print(stderr, "\r\033[K{} {}/{}{}  {}", verb_, progress.done, progress.total, left,
                 progress.module.substr(0, 60));
    };
  return control;
}

AdapterSource adapterSource(const std::string& text) {
  AdapterUse use = splitVariant(text);
  return {std::move(use.file), std::move(use.variant)};
}

int runWorkshop(const std::string& verb, std::stop_token stop, int threads, bool asJson,
                const std::function<WorkshopResult(const WorkshopControl&)>& operation) {
  WorkshopResult result;
  {
    WorkshopDisplay display(verb);
    result = operation(display.control(std::move(stop), threads));
  }
  if (result.status == Status::Stopped) {
    const std::string kept = result.partial.empty()
                                 ? "nothing was written"
                                 : fmt::format("the same command goes on with {}", result.partial.string());
    fmt::print(stderr, "lorikeet-cli: stopped; {}\n", kept);
    if (asJson) fmt::print("{}\n", jsonText(json{{"status", "stopped"}, {"partial", result.partial.string()}}, -1));
    return kStopped;
  }
  fmt::print("{}", asJson ? workshopJson(result) : workshopText(result));
  return kDone;
}

void addEstimateFlag(CLI::App& command, bool& onlyEstimate) {
  addFlag(command, "--estimate", onlyEstimate, "Tell how much memory it takes, and do nothing");
}

int printWorkshopEstimate(int threads, bool asJson,
                          const std::function<WorkshopEstimate(const WorkshopControl&)>& estimateWith) {
  constexpr double kGigabyte = 1e9;
  WorkshopControl control;
  control.threads = threads;
  const WorkshopEstimate estimate = estimateWith(control);
  if (asJson)
    fmt::print("{}\n", jsonText(json{{"status", "estimate"},
                                     {"modules", estimate.modules},
                                     {"memory_bytes", estimate.memoryBytes},
                                     {"available_bytes", estimate.availableBytes}}));
  else
    fmt::print("{} modules, about {:.2f} GB of memory; {:.1f} GB may be used\n", estimate.modules,
               static_cast<double>(estimate.memoryBytes) / kGigabyte,
               static_cast<double>(estimate.availableBytes) / kGigabyte);
  return kDone;
}

void addModelNamesOption(CLI::App& command, std::filesystem::path& model) {
  addOption(command, "-m,--model", model,
            "Model that the adapter is for (default: Stable Diffusion 1.x or 2.x, whichever fits)")
      ->type_name("FILE");
}

void addThreadsOption(CLI::App& command, int& threads) {
  addOption(command, "--threads", threads, "Threads, 1 to 1024 (default: all processors)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
}

void addLoraCommands(CommandLine& line) {
  CLI::App* group = addSubcommand(line.app, "lora", "Work with adapters (LoRA and its relatives)");
  group->require_subcommand(1);
  addLoraCheckCommand(line, *group);
  addLoraCompareCommand(line, *group);
  addLoraConvertCommand(line, *group);
  addLoraMergeCommand(line, *group);
  addLoraExtractCommand(line, *group);
  addLoraResizeCommand(line, *group);
  addLoraEmbedCommands(line, *group);
  addLoraLayersCommand(line, *group);
  addLoraTrainCommand(line, *group);
}

}  // namespace lorikeet::cli
