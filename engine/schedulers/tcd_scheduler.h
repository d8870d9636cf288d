#pragma once
#include "schedulers/variance_preserving_scheduler.h"

namespace lorikeet {

/// Strategic stochastic sampling of trajectory consistency distillation (arXiv 2402.19159): down to a share of the next
/// timestep without noise, and up to it with fresh noise; eta 0 is deterministic. Follows diffusers' TCDScheduler; no
/// noise is drawn on the last step.
class TcdScheduler final : public VariancePreservingScheduler {
 public:
  TcdScheduler(const SchedulerConfig& config, double eta, int steps);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  double eta_;
};

}  // namespace lorikeet
