#pragma once
#include <deque>

#include "schedulers/sigma_scheduler.h"

namespace lorikeet {

/// Improved pseudo linear multistep (arXiv 2204.13902): Adams-Bashforth of order 4 with the weights of equal steps.
/// Follows diff-sampler's ipndm (github.com/zju-pi/diff-sampler, solvers.py), which the web UIs took over.
class IpndmScheduler final : public SigmaScheduler {
 public:
  IpndmScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec) : SigmaScheduler(config, spec) {}
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  std::deque<Tensor> slopes_;  ///< newest first, at most four
};

}  // namespace lorikeet
