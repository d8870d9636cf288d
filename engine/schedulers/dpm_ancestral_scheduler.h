#pragma once
#include "schedulers/staged_scheduler.h"

namespace lorikeet {

/// DPM-Solver++(2S) with fresh noise after every step (arXiv 2211.01095): two model calls a step, one for the last.
/// Follows k-diffusion's sample_dpmpp_2s_ancestral.
class DpmAncestralScheduler final : public StagedScheduler {
 public:
  DpmAncestralScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SchedulerOptions& options);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  double eta_;
  double noiseScale_;
  Tensor start_;  ///< x at the beginning of the step
};

}  // namespace lorikeet
