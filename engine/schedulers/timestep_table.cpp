#include "schedulers/timestep_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/portable_math.h"
#include "lorikeet/error.h"
#include "schedulers/beta_quantile.h"
#include "schedulers/web_ui_schedules.h"

namespace lorikeet {
namespace {

/// i / (count - 1), and 0 for a single value, as numpy.linspace(0, 1, count).
double ramp(int i, int count) { return count > 1 ? static_cast<double>(i) / (count - 1) : 0; }

/// k-diffusion's get_sigmas_karras.
std::vector<double> karrasSigmas(double sigmaMin, double sigmaMax, int count, double rho) {
  const double low = portablePow(sigmaMin, 1 / rho);
  const double high = portablePow(sigmaMax, 1 / rho);
  std::vector<double> sigmas;
  sigmas.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) sigmas.push_back(portablePow(high + ramp(i, count) * (low - high), rho));
  return sigmas;
}

/// k-diffusion's get_sigmas_exponential.
std::vector<double> exponentialSigmas(double sigmaMin, double sigmaMax, int count) {
  const double low = portableLog(sigmaMin);
  const double high = portableLog(sigmaMax);
  std::vector<double> sigmas;
  sigmas.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) sigmas.push_back(portableExp(high + ramp(i, count) * (low - high)));
  return sigmas;
}

/// diffusers' _convert_to_beta and A1111's beta_scheduler (after arXiv 2407.12173, which spreads timesteps).
std::vector<double> betaSigmas(double sigmaMin, double sigmaMax, int count) {
  std::vector<double> sigmas;
  sigmas.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) sigmas.push_back(sigmaMin + betaQuantile(1 - ramp(i, count)) * (sigmaMax - sigmaMin));
  return sigmas;
}

SigmaTable roundedTable(const std::vector<double>& sigmas, const std::vector<double>& timesteps) {
  SigmaTable table;
  table.sigmas.assign(sigmas.begin(), sigmas.end());
  table.timesteps.assign(timesteps.begin(), timesteps.end());
  return table;
}

SigmaTable webUiTable(const NoiseSchedule& schedule, const SigmaTableSpec& spec) {
  std::vector<double> sigmas = webUiSigmas(spec.schedule, schedule, spec.steps, spec.rho);
  if (spec.finalSigma != FinalSigma::Zero) sigmas.back() = schedule.sigmas().front();
  std::vector<double> timesteps;
  for (size_t i = 0; i + 1 < sigmas.size(); ++i) timesteps.push_back(schedule.timestepOf(sigmas[i]));
  return roundedTable(sigmas, timesteps);
}

SigmaTable withoutPenultimate(const NoiseSchedule& schedule, SigmaTableSpec spec) {
  spec.discardPenultimate = false;
  if (spec.steps >= 1 && spec.steps < schedule.trainTimesteps())
    ++spec.steps;  // a run through all timesteps cannot have one more
  SigmaTable table = makeSigmaTable(schedule, spec);
  if (table.timesteps.size() > 1) {
    table.sigmas.erase(table.sigmas.end() - 2);
    table.timesteps.pop_back();
  }
  return table;
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
  if (spec.discardPenultimate) return withoutPenultimate(schedule, spec);
  std::vector<double> timesteps =
      spacedTimesteps(spec.spacing, schedule.trainTimesteps(), spec.steps, spec.stepsOffset);
  if (isWebUiSchedule(spec.schedule)) return webUiTable(schedule, spec);
  if (!spec.exactTimesteps)
    for (double& timestep : timesteps) timestep = static_cast<float>(timestep);
  std::vector<double> sigmas;
  sigmas.reserve(timesteps.size() + 1);
  for (const double timestep : timesteps) sigmas.push_back(schedule.sigmaAt(timestep));
  if (spec.schedule != Schedule::Uniform) {
    sigmas = shapedSigmas(spec.schedule, sigmas.back(), sigmas.front(), spec.steps, spec.rho);
    for (int i = 0; i < spec.steps; ++i) timesteps[i] = schedule.timestepOf(sigmas[i]);
  }
  sigmas.push_back(spec.finalSigma == FinalSigma::Zero ? 0 : schedule.sigmas().front());
  return roundedTable(sigmas, timesteps);
}

SigmaTable makeWholeTimestepSigmaTable(const NoiseSchedule& schedule, const SigmaTableSpec& spec) {
  const int trainTimesteps = schedule.trainTimesteps();
  std::vector<double> timesteps = spacedTimesteps(spec.spacing, trainTimesteps, spec.steps, spec.stepsOffset);
  if (isWebUiSchedule(spec.schedule)) return webUiTable(schedule, spec);
  for (int i = 0; i < spec.steps; ++i) {
    const int left = spec.steps - i;
    if (spec.spacing == Spacing::Linspace) timesteps[i] = left * ((trainTimesteps - 1.0) / spec.steps);
    if (spec.spacing == Spacing::Leading)
      timesteps[i] = std::min(left * (trainTimesteps / (spec.steps + 1)) + spec.stepsOffset, trainTimesteps - 1);
  }
  roundTimesteps(timesteps);
  std::vector<double> sigmas;
  sigmas.reserve(timesteps.size() + 1);
  for (const double timestep : timesteps) sigmas.push_back(schedule.sigmaAt(timestep));
  if (spec.schedule != Schedule::Uniform) {
    sigmas = shapedSigmas(spec.schedule, schedule.sigmas().front(), schedule.sigmas().back(), spec.steps, spec.rho);
    for (int i = 0; i < spec.steps; ++i) {
      const double timestep = schedule.timestepOf(sigmas[i]);  // rounded for Karras, cut off for the others
      timesteps[i] = spec.schedule == Schedule::Karras ? std::nearbyint(timestep) : std::floor(timestep);
    }
  }
  sigmas.push_back(spec.finalSigma == FinalSigma::Zero ? 0 : schedule.sigmas().front());
  return roundedTable(sigmas, timesteps);
}

std::vector<double> shapedSigmas(Schedule schedule, double sigmaMin, double sigmaMax, int count, double rho) {
  switch (schedule) {
    case Schedule::Karras:
      return karrasSigmas(sigmaMin, sigmaMax, count, rho > 0 ? rho : 7);
    case Schedule::Exponential:
      return exponentialSigmas(sigmaMin, sigmaMax, count);
    case Schedule::Beta:
      return betaSigmas(sigmaMin, sigmaMax, count);
    default:
      break;
  }
  CHECK(!"a schedule with a shape of its own");
  return {};
}

}  // namespace lorikeet
