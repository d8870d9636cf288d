#pragma once
#include "schedulers/scheduler.h"
#include "schedulers/timestep_table.h"

namespace lorikeet {

/// Base of solvers in lambda = log(alpha / sigma) (DPM-Solver and its relatives) on x = alpha * original +
/// sigma * noise with alpha^2 + sigma^2 = 1: the model's input needs no scaling, timesteps are whole (apart
/// from the web UIs' schedules).
class LogSnrScheduler : public Scheduler {
 public:
  float initialNoiseScale() const override { return 1; }
  Tensor scaleInput(const Tensor& x, int call) const override;
  Tensor predictOriginal(const Tensor& prediction, const Tensor& x, int call) const override;
  Tensor addNoise(const Tensor& original, const Tensor& noise, int call) const override;

 protected:
  /// One noise level; lambda is infinite where sigma is 0.
  struct Level {
    double alpha;
    double sigma;
    double lambda;
  };
  LogSnrScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, int callsPerStep = 1);
  Level level(int index) const { return levelOf(sigmas_[index]); }
  static Level levelOf(double sigma);
  /// The clean latents after thresholding, the solver's unknown.
  Tensor limitedOriginal(const Tensor& prediction, const Tensor& x, int call) const;
};

}  // namespace lorikeet
