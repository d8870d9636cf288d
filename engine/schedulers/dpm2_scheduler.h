#pragma once
#include <vector>

#include "schedulers/sampler_options.h"
#include "schedulers/sigma_scheduler.h"

namespace lorikeet {

/// DPM-Solver-2 on the noise levels (arXiv 2206.00364, the midpoint method in log sigma): two model calls a step, one
/// for the last; ancestral with fresh noise after each step. Follows diffusers' KDPM2DiscreteScheduler and
/// KDPM2AncestralDiscreteScheduler (k-diffusion's sample_dpm_2 and sample_dpm_2_ancestral).
class Dpm2Scheduler final : public SigmaScheduler {
 public:
  Dpm2Scheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SchedulerOptions& options,
                bool ancestral);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 protected:
  double sigmaAtCall(int call) const override;

 private:
  /// One step: from `start` over `middle` to `end`, then `up` of fresh noise.
  struct Leg {
    double start;
    double middle;
    double end;
    double up;
  };
  static Leg plainLeg(float sigma, float next);
  static Leg ancestralLeg(float sigma, float next, float eta);

  std::vector<Leg> legs_;
  bool ancestral_;
  double noiseScale_;
  Tensor start_;  ///< x at the beginning of the step
};

}  // namespace lorikeet
