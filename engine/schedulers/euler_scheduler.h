#pragma once
#include "schedulers/sigma_scheduler.h"

namespace lorikeet {

/// Euler's method on the probability flow (arXiv 2206.00364, algorithm 2). Follows diffusers'
/// EulerDiscreteScheduler.step and k-diffusion's sample_euler.
class EulerScheduler final : public SigmaScheduler {
 public:
  EulerScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SigmaChurn& churn);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;
};

}  // namespace lorikeet
