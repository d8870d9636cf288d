#pragma once
#include <deque>

#include "schedulers/dpm_multistep_scheduler.h"
#include "schedulers/sampler_options.h"
#include "schedulers/sigma_scheduler.h"
#include "schedulers/step_noise.h"

namespace lorikeet {

/// DPM-Solver++ for the SDE, multistep of order 2 or 3 on the noise levels, with Brownian noise unless options say
/// otherwise: one model call a step. Follows k-diffusion's sample_dpmpp_2m_sde (midpoint and heun) and
/// sample_dpmpp_3m_sde, as A1111 runs them.
class DpmMultistepSdeScheduler final : public SigmaScheduler {
 public:
  /// type matters for order 2 alone.
  DpmMultistepSdeScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SchedulerOptions& options,
                           int order, SolverType type);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  struct Known {
    Tensor original;
    double stepWidth;  ///< of the step that began with it, in log sigma
  };
  Tensor withCorrections(Tensor next, const Tensor& original, double h, double full) const;

  int order_;
  SolverType type_;
  double eta_;
  double noiseScale_;
  StepNoise stepNoise_;
  std::deque<Known> known_;  ///< of earlier steps, newest first, at most order - 1
};

}  // namespace lorikeet
