#pragma once
#include "schedulers/sigma_scheduler.h"

namespace lorikeet {

/// Heun's method: an Euler step, then the mean of the slopes at both ends; two model calls a step, one for the last.
/// Follows diffusers' HeunDiscreteScheduler and k-diffusion's sample_heun. Every noise level but the first and last
/// stands twice in the tables.
class HeunScheduler final : public SigmaScheduler {
 public:
  HeunScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SigmaChurn& churn);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  Tensor slope(const Tensor& prediction, const Tensor& x, double sigma) const;
  Tensor start_;       ///< x at the beginning of the step
  Tensor startSlope_;  ///< slope there
};

}  // namespace lorikeet
