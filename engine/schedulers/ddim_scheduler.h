#pragma once
#include "schedulers/variance_preserving_scheduler.h"

namespace lorikeet {

/// Denoising diffusion implicit models (arXiv 2010.02502), with eta as the share of fresh noise: 0 deterministic, 1
/// like DDPM. Follows diffusers' DDIMScheduler.step; noise is drawn on every step when eta > 0.
class DdimScheduler final : public VariancePreservingScheduler {
 public:
  DdimScheduler(const SchedulerConfig& config, Spacing spacing, double eta, int steps);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  double eta_;
  double finalAlpha_;
};

}  // namespace lorikeet
