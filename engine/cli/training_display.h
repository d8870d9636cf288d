#pragma once
#include <cstdio>
#include <string>

#include "cli/progress_line.h"
#include "lorikeet/training.h"

namespace lorikeet::cli {

/// A training's progress on a stream.
class TrainingDisplay {
 public:
  explicit TrainingDisplay(std::FILE* stream);

  void show(const TrainingProgress& progress);
  /// Takes the line away, so that other output can be written.
  void clear() { line_.clear(); }

 private:
  ProgressLine line_;
};

/// What a training will take, for people.
std::string trainingText(const TrainingEstimate& estimate);
/// The same and what a training made, as JSON objects.
std::string estimateReport(const TrainingEstimate& estimate);
std::string trainingReport(const TrainingResult& result);

}  // namespace lorikeet::cli
