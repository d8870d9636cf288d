#pragma once
#include <map>
#include <string>

#include "training/training_networks.h"
#include "training/training_plan.h"
#include "training/training_state.h"

namespace lorikeet {

/// What a trainer says about its adapter: kohya's ss_* entries and modelspec's. Throws Stopped while the model is
/// hashed.
std::map<std::string, std::string> trainingMetadata(const TrainingPlan& plan, const TrainingState& state,
                                                    const DiffusionModel& model, const std::stop_token& stop);

/// Writes the LoRA in kohya's form or the textual inversion under its word, complete or not at all. Throws Error(Io).
void writeTrained(const TrainingPlan& plan, TrainingNetworks& networks, std::map<std::string, std::string> metadata);

}  // namespace lorikeet
