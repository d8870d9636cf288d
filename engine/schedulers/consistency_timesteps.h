#pragma once
#include <vector>

#include "schedulers/scheduler_config.h"

namespace lorikeet {

/// The timesteps of distilled models (LCM, TCD): the original_inference_steps that the distillation used (every 20th
/// of 1000), thinned evenly to `steps`, falling. Throws Error(InvalidArgument) for more steps than there are.
std::vector<float> consistencyTimesteps(const SchedulerConfig& config, int steps);

}  // namespace lorikeet
