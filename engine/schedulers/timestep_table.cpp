#include "schedulers/timestep_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/portable_math.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

/// i / (count - 1), and 0 for a single value, as numpy.linspace(0, 1, count).
double ramp(int i, int count) { return count > 1 ? static_cast<double>(i) / (count - 1) : 0; }

/// k-diffusion's get_sigmas_karras with rho 7.
std::vector<double> karrasSigmas(double sigmaMin, double sigmaMax, int count) {
  constexpr double kRho = 7;
  const double low = portablePow(sigmaMin, 1 / kRho);
  const double high = portablePow(sigmaMax, 1 / kRho);
  std::vector<double> sigmas;
  for (int i = 0; i < count; ++i) sigmas.push_back(portablePow(high + ramp(i, count) * (low - high), kRho));
  return sigmas;
}

/// k-diffusion's get_sigmas_exponential.
std::vector<double> exponentialSigmas(double sigmaMin, double sigmaMax, int count) {
  const double low = portableLog(sigmaMin);
  const double high = portableLog(sigmaMax);
  std::vector<double> sigmas;
  for (int i = 0; i < count; ++i) sigmas.push_back(portableExp(high + ramp(i, count) * (low - high)));
  return sigmas;
}

}  // namespace

std::vector<double> spacedTimesteps(Spacing spacing, int trainTimesteps, int steps, int stepsOffset) {
  if (steps < 1 || steps > trainTimesteps)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("The number of steps must lie between 1 and {}, not {}.", trainTimesteps, steps));
  CHECK(spacing != Spacing::Default);
  const double last = trainTimesteps - 1;
  const int leadingStride = trainTimesteps / steps;
  const double trailingStride = static_cast<double>(trainTimesteps) / steps;
  std::vector<double> timesteps;
  for (int i = 0; i < steps; ++i) {
    const int left = steps - 1 - i;
    switch (spacing) {
      case Spacing::Linspace:
        timesteps.push_back(steps > 1 ? left * (last / (steps - 1)) : 0);
        break;
      case Spacing::Leading:
        timesteps.push_back(std::min<double>(left * leadingStride + stepsOffset, last));
        break;
      default:
        timesteps.push_back(std::nearbyint(trainTimesteps - i * trailingStride) - 1);
        break;
    }
  }
  if (spacing == Spacing::Linspace && steps > 1) timesteps.front() = last;
  return timesteps;
}

void roundTimesteps(std::vector<double>& timesteps) {
  for (double& timestep : timesteps) timestep = std::nearbyint(timestep);
}

SigmaTable makeSigmaTable(const NoiseSchedule& schedule, const SigmaTableSpec& spec) {
  std::vector<double> timesteps =
      spacedTimesteps(spec.spacing, schedule.trainTimesteps(), spec.steps, spec.stepsOffset);
  for (double& timestep : timesteps) timestep = static_cast<float>(timestep);
  std::vector<double> sigmas;
  for (const double timestep : timesteps) sigmas.push_back(schedule.sigmaAt(timestep));
  if (spec.schedule != Schedule::Uniform) {
    sigmas = shapedSigmas(spec.schedule, sigmas.back(), sigmas.front(), spec.steps);
    for (int i = 0; i < spec.steps; ++i) timesteps[i] = schedule.timestepOf(sigmas[i]);
  }
  sigmas.push_back(spec.finalSigma == FinalSigma::Zero ? 0 : schedule.sigmas().front());
  SigmaTable table;
  table.sigmas.assign(sigmas.begin(), sigmas.end());
  table.timesteps.assign(timesteps.begin(), timesteps.end());
  return table;
}

SigmaTable makeWholeTimestepSigmaTable(const NoiseSchedule& schedule, const SigmaTableSpec& spec) {
  const int trainTimesteps = schedule.trainTimesteps();
  std::vector<double> timesteps = spacedTimesteps(spec.spacing, trainTimesteps, spec.steps, spec.stepsOffset);
  for (int i = 0; i < spec.steps; ++i) {
    const int left = spec.steps - i;
    if (spec.spacing == Spacing::Linspace) timesteps[i] = left * ((trainTimesteps - 1.0) / spec.steps);
    if (spec.spacing == Spacing::Leading)
      timesteps[i] = std::min(left * (trainTimesteps / (spec.steps + 1)) + spec.stepsOffset, trainTimesteps - 1);
  }
  roundTimesteps(timesteps);
  std::vector<double> sigmas;
  for (const double timestep : timesteps) sigmas.push_back(schedule.sigmaAt(timestep));
  if (spec.schedule != Schedule::Uniform) {
    sigmas = shapedSigmas(spec.schedule, schedule.sigmas().front(), schedule.sigmas().back(), spec.steps);
    for (int i = 0; i < spec.steps; ++i) {
      const double timestep = schedule.timestepOf(sigmas[i]);  // rounded for Karras, cut off for the others
      timesteps[i] = spec.schedule == Schedule::Karras ? std::nearbyint(timestep) : std::floor(timestep);
    }
  }
  sigmas.push_back(spec.finalSigma == FinalSigma::Zero ? 0 : schedule.sigmas().front());
  SigmaTable table;
  table.sigmas.assign(sigmas.begin(), sigmas.end());
  table.timesteps.assign(timesteps.begin(), timesteps.end());
  return table;
}

std::vector<double> shapedSigmas(Schedule schedule, double sigmaMin, double sigmaMax, int count) {
  switch (schedule) {
    case Schedule::Karras:
      return karrasSigmas(sigmaMin, sigmaMax, count);
    case Schedule::Exponential:
      return exponentialSigmas(sigmaMin, sigmaMax, count);
    case Schedule::Default:
    case Schedule::Uniform:
      break;
  }
  CHECK(!"a schedule with a shape of its own");
  return {};
}

}  // namespace lorikeet
