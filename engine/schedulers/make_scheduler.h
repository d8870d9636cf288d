#pragma once
#include <memory>

#include "schedulers/sampler_options.h"
#include "schedulers/scheduler.h"

namespace lorikeet {

/// The scheduler for one image. Throws Error(InvalidArgument) for a number of steps outside [1, trainTimesteps], an eta
/// outside [0, 1], or a schedule of noise levels for a sampler that goes by timesteps.
std::unique_ptr<Scheduler> makeScheduler(Sampler sampler, const SchedulerConfig& config,
                                         const SchedulerOptions& options, int steps);

/// The spacing that a sampler uses when neither request nor model names one.
Spacing defaultSpacing(Sampler sampler);

}  // namespace lorikeet
