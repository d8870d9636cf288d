#pragma once
#include <string>
#include <vector>

#include "lorikeet/training.h"
#include "training/low_rank_layer.h"
#include "training/training_pictures.h"
#include "workshop/model_names.h"

namespace lorikeet {

/// A request with everything that it names looked up, before the model is loaded.
struct TrainingPlan {
  TrainingRequest request;  ///< with the model's path
  ModelNames names;
  std::vector<TrainingPicture> pictures;
  std::vector<LowRankSettings> layers;
  TrainingEstimate estimate;
};

/// Throws what estimateTraining() throws.
TrainingPlan planTraining(const TrainingRequest& request, const std::stop_token& stop = {});

/// The settings that decide the values which come out, as a JSON object; `steps` only where the schedule needs them.
std::string decisiveSettings(const TrainingPlan& plan);

}  // namespace lorikeet
