#include "schedulers/web_ui_schedules.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/check.h"
#include "core/portable_math.h"

namespace lorikeet {
namespace {

/// From 1 down to 0 in equal parts; 1 for a single value.
double fallingRamp(int i, int count) { return count > 1 ? 1 - static_cast<double>(i) / (count - 1) : 1; }

/// `count` levels at shares of the range of timesteps, then 0.
template <class Share>
std::vector<double> atTimestepShares(const NoiseSchedule& noise, int count, const Share& share) {
  std::vector<double> sigmas;
  sigmas.reserve(static_cast<size_t>(count) + 1);
  for (int i = 0; i < count; ++i) sigmas.push_back(noise.logSigmaAt(share(i) * (noise.trainTimesteps() - 1)));
  sigmas.push_back(0);
  return sigmas;
}

std::vector<double> simple(const NoiseSchedule& noise, int steps) {
  const double stride = static_cast<double>(noise.trainTimesteps()) / steps;
  std::vector<double> sigmas;
  sigmas.reserve(static_cast<size_t>(steps) + 1);
  for (int i = 0; i < steps; ++i)
    sigmas.push_back(noise.sigmas()[noise.trainTimesteps() - 1 - static_cast<int>(i * stride)]);
  sigmas.push_back(0);
  return sigmas;
}

std::vector<double> ddimUniform(const NoiseSchedule& noise, int steps) {
  const int stride = std::max(noise.trainTimesteps() / steps, 1);
  std::vector<double> sigmas = {0};
  for (int timestep = 1; timestep < noise.trainTimesteps(); timestep += stride)
    sigmas.push_back(noise.sigmas()[timestep]);
  std::reverse(sigmas.begin(), sigmas.end());
  return sigmas;
}

std::vector<double> turbo(const NoiseSchedule& noise, int steps) {
  const double stride = 1000.0 / steps;
  std::vector<double> sigmas;
  for (int i = steps; i >= 1; --i) {
    const int timestep = std::clamp(static_cast<int>(std::nearbyint(i * stride - 1)), 0, noise.trainTimesteps() - 1);
    sigmas.push_back(noise.sigmas()[timestep]);
  }
  sigmas.push_back(0);
  return sigmas;
}

std::vector<double> klOptimal(const NoiseSchedule& noise, int steps) {
  const double low = portableAtan(noise.sigmas().front());
  const double high = portableAtan(noise.sigmas().back());
  std::vector<double> sigmas;
  for (int i = 0; i <= steps; ++i) {
    const double share = static_cast<double>(i) / steps;
    sigmas.push_back(portableTan(share * low + (1 - share) * high));
  }
  return sigmas;
}

/// The published levels, for other step counts log-linear between them. One step starts at the highest level (A1111's
/// interpolation would take the lowest, which denoises nothing).
std::vector<double> alignYourSteps(int steps) {
  constexpr double kLevels[] = {14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029};
  constexpr int kLast = static_cast<int>(std::size(kLevels)) - 1;
  std::vector<double> sigmas;
  for (int i = 0; i < steps; ++i) {
    const double place = (1 - fallingRamp(i, steps)) * kLast;
    const int low = std::min(static_cast<int>(place), kLast - 1);
    const double share = place - low;
    const bool listed = steps == kLast + 1;
    sigmas.push_back(
        listed ? kLevels[i]
               : portableExp((1 - share) * portableLog(kLevels[low]) + share * portableLog(kLevels[low + 1])));
  }
  sigmas.push_back(0);
  return sigmas;
}

std::vector<double> polyexponential(const NoiseSchedule& noise, int steps, double rho) {
  const double low = portableLog(noise.sigmas().front());
  const double high = portableLog(noise.sigmas().back());
  std::vector<double> sigmas;
  sigmas.reserve(static_cast<size_t>(steps) + 1);
  for (int i = 0; i < steps; ++i)
    sigmas.push_back(portableExp(portablePow(fallingRamp(i, steps), rho) * (high - low) + low));
  sigmas.push_back(0);
  return sigmas;
}

}  // namespace

bool isWebUiSchedule(Schedule schedule) {
  switch (schedule) {
    case Schedule::Default:
    case Schedule::Uniform:
    case Schedule::Karras:
    case Schedule::Exponential:
    case Schedule::Beta:
      return false;
    default:
      return true;
  }
}

std::vector<double> webUiSigmas(Schedule schedule, const NoiseSchedule& noise, int steps, double rho) {
  switch (schedule) {
    case Schedule::Polyexponential:
      return polyexponential(noise, steps, rho > 0 ? rho : 1);
    case Schedule::SgmUniform:
      return atTimestepShares(noise, steps, [&](int i) { return fallingRamp(i, steps + 1); });
    case Schedule::Normal:
      return atTimestepShares(noise, steps, [&](int i) { return fallingRamp(i, steps); });
    case Schedule::Simple:
      return simple(noise, steps);
    case Schedule::DdimUniform:
      return ddimUniform(noise, steps);
    case Schedule::KlOptimal:
      return klOptimal(noise, steps);
    case Schedule::AlignYourSteps:
      return alignYourSteps(steps);
    case Schedule::Turbo:
      return turbo(noise, steps);
    default:
      break;
  }
  CHECK(!"a schedule of the web UIs");
  return {};
}

}  // namespace lorikeet
