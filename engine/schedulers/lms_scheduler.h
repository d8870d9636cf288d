#pragma once
#include <deque>

#include "schedulers/sigma_scheduler.h"

namespace lorikeet {

/// Linear multistep (Adams-Bashforth on the noise levels) of order 4. Follows diffusers' LMSDiscreteScheduler and
/// k-diffusion's sample_lms. The polynomials are integrated exactly.
/// As in diffusers, a run from a picture takes the order that the place in the table allows from its first call on,
/// though the older slopes are not known then.
class LmsScheduler final : public SigmaScheduler {
 public:
  LmsScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec) : SigmaScheduler(config, spec) {}
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  double coefficient(int order, int call, int current) const;
  std::deque<Tensor> slopes_;  ///< newest first
};

}  // namespace lorikeet
