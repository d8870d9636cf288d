#pragma once
#include <string>

#include "cli/command_line.h"
#include "lorikeet/workshop.h"

namespace lorikeet::cli {

void addLoraCheckCommand(CommandLine& line, CLI::App& group);
void addLoraCompareCommand(CommandLine& line, CLI::App& group);
void addLoraConvertCommand(CommandLine& line, CLI::App& group);
void addLoraEmbedCommands(CommandLine& line, CLI::App& group);
void addLoraExtractCommand(CommandLine& line, CLI::App& group);
void addLoraLayersCommand(CommandLine& line, CLI::App& group);
void addLoraMergeCommand(CommandLine& line, CLI::App& group);
void addLoraResizeCommand(CommandLine& line, CLI::App& group);
void addLoraTrainCommand(CommandLine& line, CLI::App& group);

/// Shows a workshop operation on a terminal's last line while it lives.
class WorkshopDisplay {
 public:
  explicit WorkshopDisplay(std::string verb);
  ~WorkshopDisplay();
  WorkshopDisplay(const WorkshopDisplay&) = delete;
  WorkshopDisplay& operator=(const WorkshopDisplay&) = delete;
  /// The control to hand to the operation; must not outlive this.
  WorkshopControl control(std::stop_token stop, int threads = 0);

 private:
  std::string verb_;
  bool isLive_;
};

/// "FILE[#VARIANT]" as an adapter to read.
AdapterSource adapterSource(const std::string& text);

/// Runs an operation that writes something, shows it, prints what was written as text or JSON, and returns the exit
/// code.
int runWorkshop(const std::string& verb, std::stop_token stop, int threads, bool asJson,
                const std::function<WorkshopResult(const WorkshopControl&)>& operation);

/// "--estimate": the operation is not run, printWorkshopEstimate() tells what it would take.
void addEstimateFlag(CLI::App& command, bool& onlyEstimate);
/// Returns the exit code.
int printWorkshopEstimate(int threads, bool asJson,
                          const std::function<WorkshopEstimate(const WorkshopControl&)>& estimateWith);

/// "-m" with the meaning that all these commands give it.
void addModelNamesOption(CLI::App& command, std::filesystem::path& model);
void addThreadsOption(CLI::App& command, int& threads);

}  // namespace lorikeet::cli
