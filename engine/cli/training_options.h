#pragma once
#include <memory>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "lorikeet/training.h"

namespace lorikeet::cli {

/// What `lora train` was told.
struct TrainingOptions {
  TrainingRequest request;
  std::vector<std::string> samplePrompts;
  int sampleSteps = 20;
  uint64_t sampleSeed = 42;
  std::filesystem::path sampleFolder;
  double memoryGigabytes = 0;
  bool onlyEstimate = false;
  bool timings = false;
};

void addTrainingOptions(CommandLine& line, CLI::App& command, TrainingOptions& options);
/// The request with its samples.
TrainingRequest requestOf(const TrainingOptions& options);

}  // namespace lorikeet::cli
