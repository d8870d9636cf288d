#pragma once
#include <vector>

#include "lorikeet/training.h"
#include "training/low_rank_layer.h"
#include "workshop/model_names.h"

namespace lorikeet {

/// The layers that a request trains, UNet first, with rank and scale. Throws Error for a configuration that does not
/// fit the model or asks for the model's own weights.
std::vector<LowRankSettings> chooseLayers(const TrainingRequest& request, const ModelNames& names);

/// Values that a choice comes to.
int64_t parametersOf(const std::vector<LowRankSettings>& layers);

/// kohya's start: `down` uniform in 1/sqrt(inputs), `up` zero, so that the model is unchanged.
void initialize(LowRankLayers& layers, uint64_t seed);

}  // namespace lorikeet
