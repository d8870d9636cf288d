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
  double rho = 0;  ///< bend of Karras and polyexponential; 0: 7 and 1
  /// Makes one level more and leaves the last but one out (A1111's "discard penultimate sigma").
  bool discardPenultimate = false;
  /// Keeps fractional timesteps in f64 until levels are read at them (diffusers' DPMSolverSDE and LMS); its other
  /// classes round them to f32 first.
  bool exactTimesteps = false;
};

/// The table of diffusers' EulerDiscreteScheduler.set_timesteps and its siblings; for the schedules of the web UIs
/// theirs, with fractional timesteps. Throws Error(InvalidArgument).
SigmaTable makeSigmaTable(const NoiseSchedule& schedule, const SigmaTableSpec& spec);

/// The table of diffusers' DPMSolverMultistepScheduler.set_timesteps and its siblings: whole timesteps, the range
/// divided into steps + 1 parts, shaped sigmas over the whole training range. The schedules of the web UIs are those of
/// makeSigmaTable. Throws Error(InvalidArgument).
SigmaTable makeWholeTimestepSigmaTable(const NoiseSchedule& schedule, const SigmaTableSpec& spec);

/// `count` noise levels from sigmaMax down to sigmaMin under Karras, Exponential or Beta; without a final zero.
/// rho bends Karras; 0: 7.
std::vector<double> shapedSigmas(Schedule schedule, double sigmaMin, double sigmaMax, int count, double rho = 0);

}  // namespace lorikeet
