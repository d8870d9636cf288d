#pragma once
#include <cstdint>

#include "lorikeet/request.h"

namespace lorikeet {

/// What a request decides about sampling; Default members are resolved by the model's configuration, and then by the
/// class that diffusers has for the sampler.
struct SchedulerOptions {
  Schedule schedule = Schedule::Default;
  Spacing spacing = Spacing::Default;
  double eta = 0;  ///< share of fresh noise of DDIM and TCD, 0..1
  SamplingOptions sampling = {};
  uint64_t seed = 0;    ///< of the image, for Brownian noise
  double strength = 1;  ///< of a run from a picture: some samplers lay their whole way out from its first noise level
};

}  // namespace lorikeet
