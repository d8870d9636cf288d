#pragma once
#include <cstdint>
#include <memory>

#include "lorikeet/request.h"
#include "schedulers/scheduler.h"

namespace lorikeet {

/// What a request decides about sampling; Default members are resolved by the model's configuration, and then by the
/// class that diffusers has for the sampler.
struct SchedulerOptions {
  Schedule schedule = Schedule::Default;
  Spacing spacing = Spacing::Default;
  double eta = 0;  ///< share of fresh noise of DDIM, 0..1
};

/// The scheduler for one image. Throws Error(InvalidArgument) for a number of steps outside [1, trainTimesteps] or an
/// eta outside [0, 1].
std::unique_ptr<Scheduler> makeScheduler(Sampler sampler, const SchedulerConfig& config,
                                         const SchedulerOptions& options, int steps);

/// The spacing that a sampler uses when neither request nor model names one.
Spacing defaultSpacing(Sampler sampler);

}  // namespace lorikeet
