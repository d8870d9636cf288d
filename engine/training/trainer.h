#pragma once
#include <chrono>
#include <memory>
#include <optional>

#include "training/latent_cache.h"
#include "training/sample_maker.h"
#include "training/training_output.h"

namespace lorikeet {

/// One training, from its plan to its output.
class Trainer {
 public:
  Trainer(TrainingPlan plan, const TrainingCallbacks& callbacks, std::stop_token stop);
  /// Throws Error; a stop is answered with the result.
  TrainingResult run();

 private:
  void load();
  void encode();
  void start();
  void train();
  void finish();
  void step();
  double batchGradients(const ExecutionContext& context, int64_t firstSample);
  TrainingBatch drawBatch(int64_t firstSample);
  void sampleIfDue();
  void save();
  double rateFactor(int step) const;
  int stepsDone() const { return optimizer_->steps(); }
  int64_t samplesPerStep() const { return int64_t{request_.batchSize} * request_.accumulation; }
  void report(TrainingStage stage, int done, int total);
  void noteStep(double seconds);
  /// A stage's work under the caller's stop and pause.
  void work(FunctionRef<void(const ExecutionContext&)> body);

  using Clock = std::chrono::steady_clock;
  const TrainingPlan plan_;
  const TrainingRequest& request_;
  const TrainingCallbacks& callbacks_;
  std::stop_token stop_;
  ThreadPool pool_;
  Profiler profiler_;
  TrainingState state_;
  std::unique_ptr<DiffusionModel> model_;
  std::optional<CaptionTable> captions_;
  std::vector<size_t> captionOfPicture_;
  std::optional<TrainingNetworks> networks_;
  std::optional<AdamW> optimizer_;
  std::optional<DiffusionLoss> loss_;
  std::optional<SampleOrder> order_;
  std::optional<LatentCache> latents_;
  std::optional<SampleMaker> samples_;
  TrainingProgress progress_;
  Clock::time_point stepBegin_;
  std::vector<double> stepSeconds_;
  TrainingResult result_;
};

}  // namespace lorikeet
