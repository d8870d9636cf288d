#pragma once
#include "schedulers/staged_scheduler.h"

namespace lorikeet {

/// Heun++ (github.com/Carzit/sd-webui-samplers-scheduler, "heunpp2", which Forge and ComfyUI took over): the slope of a
/// step is a mean over its beginning and up to two levels ahead, weighted with the noise levels. Three model calls a
/// step, two for the last but one, one for the last.
class HeunPp2Scheduler final : public StagedScheduler {
 public:
  HeunPp2Scheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SchedulerOptions& options);
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  /// How many levels ahead the step that begins at a table entry looks.
  int levelsAhead(int entry) const;
  Tensor start_;                ///< x at the beginning of the step
  std::vector<Tensor> slopes_;  ///< there and ahead
};

}  // namespace lorikeet
