#include "schedulers/consistency_timesteps.h"

#include <fmt/format.h>

#include <algorithm>

#include "lorikeet/error.h"

namespace lorikeet {

std::vector<float> consistencyTimesteps(const SchedulerConfig& config, int steps) {
  const int original = std::min(config.originalInferenceSteps, config.trainTimesteps);
  if (steps < 1 || steps > original)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("LCM and TCD take between 1 and {} steps, not {}.", original, steps));
  const int stride = config.trainTimesteps / original;
  std::vector<float> timesteps;
  for (int i = 0; i < steps; ++i) {
    const auto skipped = static_cast<int>(i * (static_cast<double>(original) / steps));
    timesteps.push_back(static_cast<float>((original - skipped) * stride - 1));
  }
  return timesteps;
}

}  // namespace lorikeet
