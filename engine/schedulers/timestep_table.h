#pragma once
#include <vector>

#include "schedulers/noise_schedule.h"
#include "schedulers/scheduler_config.h"

namespace lorikeet {

/// The training timesteps that `steps` steps visit, falling (arXiv 2305.08891, table 2). Linspace ones are fractional.
/// Throws Error(InvalidArgument) for fewer than 1 or more than trainTimesteps steps.
std::vector<double> spacedTimesteps(Spacing spacing, int trainTimesteps, int steps, int stepsOffset);

/// Rounds half to even, as numpy.round.
void roundTimesteps(std::vector<double>& timesteps);

/// Noise levels of a run, f32 like diffusers': sigmas has one entry more than timesteps, the final one.
struct SigmaTable {
  std::vector<float> sigmas;
  std::vector<float> timesteps;
};

/// What decides a SigmaTable. Defaults are resolved already.
struct SigmaTableSpec {
  Schedule schedule = Schedule::Uniform;
  Spacing spacing = Spacing::Linspace;
  int stepsOffset = 0;
  FinalSigma finalSigma = FinalSigma::Zero;
  int steps = 20;
};

/// The table of diffusers' EulerDiscreteScheduler.set_timesteps and its siblings. Throws Error(InvalidArgument).
SigmaTable makeSigmaTable(const NoiseSchedule& schedule, const SigmaTableSpec& spec);

/// The table of diffusers' DPMSolverMultistepScheduler.set_timesteps and its siblings: whole timesteps, the range
/// divided into steps + 1 parts, shaped sigmas over the whole training range. Throws Error(InvalidArgument).
SigmaTable makeWholeTimestepSigmaTable(const NoiseSchedule& schedule, const SigmaTableSpec& spec);

/// `count` noise levels from sigmaMax down to sigmaMin under Karras, Exponential ...; without a final zero.
std::vector<double> shapedSigmas(Schedule schedule, double sigmaMin, double sigmaMax, int count);

}  // namespace lorikeet
