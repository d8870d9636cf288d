#pragma once
#include "lorikeet/training.h"
#include "pipeline/latent_preview.h"
#include "training/training_networks.h"

namespace lorikeet {

/// Makes pictures with a model as it is trained now.
class SampleMaker {
 public:
  /// Everything must outlive it. `word` is what the rows of a textual inversion stand for.
  SampleMaker(DiffusionModel& model, TrainingNetworks& networks, std::string word)
      : model_(model), networks_(networks), word_(std::move(word)) {}

  /// The first picture of the request, whose model and adapters do not count. The preview may be empty. Throws Error,
  /// Stopped; the model is as it was before in any case.
  Image make(const ExecutionContext& context, const GenerateRequest& request,
             const std::function<void(const Image&)>& preview);

 private:
  DiffusionModel& model_;
  TrainingNetworks& networks_;
  std::string word_;
  std::optional<LatentPreview> preview_;
};

}  // namespace lorikeet
