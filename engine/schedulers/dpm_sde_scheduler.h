#pragma once
#include "schedulers/staged_scheduler.h"
#include "schedulers/step_noise.h"

namespace lorikeet {

/// DPM-Solver++ for the SDE with a midpoint (arXiv 2211.01095): two model calls a step, one for the last, and noise at
/// both, of a Brownian motion unless options say otherwise. Follows k-diffusion's sample_dpmpp_sde and diffusers'
/// DPMSolverSDEScheduler.
class DpmSdeScheduler final : public StagedScheduler {
 public:
  DpmSdeScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SchedulerOptions& options);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  double eta_;
  double noiseScale_;
  StepNoise stepNoise_;
  Tensor start_;  ///< x at the beginning of the step
};

/// Brownian noise over the levels of a table, or the generator's if the options want that. Default: Brownian.
StepNoise sdeNoiseOf(const SchedulerOptions& options, std::span<const float> sigmas);

}  // namespace lorikeet
