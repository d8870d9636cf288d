#pragma once
#include "schedulers/log_snr_scheduler.h"

namespace lorikeet {

/// DEIS (arXiv 2204.13902), the log-rho multistep solver of order 2 over noise predictions. Follows diffusers'
/// DEISMultistepScheduler; it ends at the first training timestep's noise level instead of zero.
class DeisScheduler final : public LogSnrScheduler {
 public:
  DeisScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  Tensor previous_;  ///< noise prediction of the call before
};

}  // namespace lorikeet
