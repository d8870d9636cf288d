#include <fmt/format.h>

#include "lorikeet/request.h"

namespace lorikeet {

Schedule automaticSchedule(Sampler sampler) {
  switch (sampler) {
    case Sampler::DpmPp2M:
    case Sampler::DpmPpSde:
    case Sampler::DpmPp2SA:
    case Sampler::Dpm2:
    case Sampler::Dpm2A:
    case Sampler::Restart:
      return Schedule::Karras;
    case Sampler::DpmPp2MSde:
    case Sampler::DpmPp2MSdeHeun:
    case Sampler::DpmPp3MSde:
      return Schedule::Exponential;
    default:
      return Schedule::Uniform;
  }
}

Schedule defaultSchedule(Sampler sampler) {
  const bool ofWebUis = sampler == Sampler::DpmPp2SA || sampler == Sampler::DpmPp3MSde || sampler == Sampler::Restart;
  return ofWebUis ? automaticSchedule(sampler) : Schedule::Uniform;
}

bool takesSchedule(Sampler sampler, Schedule schedule) {
  switch (sampler) {
    case Sampler::Ddim:
    case Sampler::Pndm:
    case Sampler::Lcm:
    case Sampler::Tcd:
    case Sampler::Ddpm:
      return schedule == Schedule::Default || schedule == Schedule::Uniform;
    default:
      return true;
  }
}

std::string scheduleRefusal(Sampler sampler, Schedule schedule) {
  return fmt::format(
      "{} goes by the model's timesteps and takes no schedule {}; choose the schedule default or uniform.",
      label(sampler), name(schedule));
}

}  // namespace lorikeet
