#pragma once
#include <lorikeet/training.h>

#include <QByteArray>

namespace lorikeet {

/// What a person filled in for a training, as it is kept between runs. Model and threads are the studio's.
struct TrainingSetup {
  TrainingRequest request;     ///< its samples are what follows
  std::string samplePrompts;   ///< one a line; empty: the trigger word, or the caption
  std::string sampleNegative;  ///< negative prompt of all samples
  int sampleSteps = 20;
  double sampleGuidance = 7.5;
  uint64_t sampleSeed = 42;
  bool yieldsToPictures = true;  ///< it waits while pictures are made
};

/// The request with its samples.
TrainingRequest requestOf(const TrainingSetup& setup);

QByteArray toJson(const TrainingSetup& setup);
/// What is missing or makes no sense keeps its default.
TrainingSetup trainingSetupFromJson(const QByteArray& text);

/// The 20 pictures that come with Lorikeet and settings that teach the starter model their style in minutes; the
/// folder is empty where they are not installed.
TrainingSetup exampleTraining();

}  // namespace lorikeet
