#pragma once
#include <lorikeet/file_hashes.h>

#include <functional>
#include <mutex>
#include <stop_token>

#include "studio/training/training_report.h"
#include "studio/training/training_setup.h"

namespace lorikeet {

/// What a training's thread and the window's share while it runs.
struct TrainingLink {
  std::stop_source stop;
  TrainingPause pause;
  std::mutex mutex;  ///< of what follows
  TrainingProgress progress;
  TrainingEstimate plan;         ///< once the pictures were looked at
  std::vector<float> newLosses;  ///< that the window has not fetched
  bool isAnnounced = false;      ///< the window knows that there is something to fetch
};

/// How a training is run; the functions are called on its own thread.
struct TrainingRunOptions {
  TrainingSetup setup;
  bool writesInfotext = true;      ///< samples carry their settings
  FileHashes* hashes = nullptr;    ///< for them
  std::function<void()> announce;  ///< the link has something to fetch; at most thirty times a second
  std::function<void(const TrainingSample&)> sample;
  std::function<void(const QImage&)> preview;
};

/// Runs a training to its end on the calling thread; whatever it throws becomes a sentence. Samples go into a folder
/// beside the output; one that cannot be saved is noted and the training goes on.
TrainingReport runTraining(const TrainingRunOptions& options, TrainingLink& link);

}  // namespace lorikeet
