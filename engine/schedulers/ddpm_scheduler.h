#pragma once
#include "schedulers/variance_preserving_scheduler.h"

namespace lorikeet {

/// Ancestral sampling of denoising diffusion probabilistic models (arXiv 2006.11239) with the posterior variance
/// ("fixed_small"). Follows diffusers' DDPMScheduler; noise is drawn while the timestep is above 0.
class DdpmScheduler final : public VariancePreservingScheduler {
 public:
  DdpmScheduler(const SchedulerConfig& config, Spacing spacing, int steps);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;
};

}  // namespace lorikeet
