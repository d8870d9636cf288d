#pragma once
#include <chrono>
#include <cstdio>
#include <string>

#include "lorikeet/training.h"

namespace lorikeet::cli {

/// A training's progress on a stream: on a terminal one line that is drawn again and again, elsewhere a plain line now
/// and then.
class TrainingDisplay {
 public:
  explicit TrainingDisplay(std::FILE* stream);
  ~TrainingDisplay() { clear(); }
  TrainingDisplay(const TrainingDisplay&) = delete;
  TrainingDisplay& operator=(const TrainingDisplay&) = delete;

  void show(const TrainingProgress& progress);
  /// Takes the line away, so that other output can be written.
  void clear();

 private:
  std::FILE* stream_;
  bool isLive_;
  bool isDrawn_ = false;
  TrainingStage lastStage_ = TrainingStage::Saving;
  std::chrono::steady_clock::time_point lastPrinted_;
};

/// What a training will take, for people.
std::string trainingText(const TrainingEstimate& estimate);
/// The same and what a training made, as JSON objects.
std::string estimateReport(const TrainingEstimate& estimate);
std::string trainingReport(const TrainingResult& result);

}  // namespace lorikeet::cli
