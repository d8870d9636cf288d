#pragma once
#include "schedulers/log_snr_scheduler.h"

namespace lorikeet {

/// DPM-Solver++(2S) (arXiv 2211.01095): pairs of a first order and a second order step over clean latents, one model
/// call each. Follows diffusers' DPMSolverSinglestepScheduler with order 2.
class DpmSinglestepScheduler final : public LogSnrScheduler {
 public:
  DpmSinglestepScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  bool isSecondOrder(int call) const;
  Tensor start_;     ///< x at the beginning of the pair
  Tensor original_;  ///< clean latents there
};

}  // namespace lorikeet
