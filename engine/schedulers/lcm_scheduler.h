#pragma once
#include "schedulers/variance_preserving_scheduler.h"

namespace lorikeet {

/// Multistep consistency sampling (latent consistency models, arXiv 2310.04378): the clean latents, noised again to
/// the next timestep. Follows diffusers' LCMScheduler; no noise is drawn on the last step.
class LcmScheduler final : public VariancePreservingScheduler {
 public:
  LcmScheduler(const SchedulerConfig& config, int steps);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;
};

}  // namespace lorikeet
