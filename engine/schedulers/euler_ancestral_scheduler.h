#pragma once
#include "schedulers/sigma_scheduler.h"

namespace lorikeet {

/// Euler steps to below the next noise level, with fresh noise up to it. Follows diffusers'
/// EulerAncestralDiscreteScheduler.step and k-diffusion's sample_euler_ancestral; noise is drawn on every step, also
/// on the last, where its weight is 0.
class EulerAncestralScheduler final : public SigmaScheduler {
 public:
  EulerAncestralScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, double eta = 1,
                          double noiseScale = 1)
      : SigmaScheduler(config, spec), eta_(eta), noiseScale_(noiseScale) {}
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  double eta_;
  double noiseScale_;
};

}  // namespace lorikeet
