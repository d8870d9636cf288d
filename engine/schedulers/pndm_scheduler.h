#pragma once
#include <deque>

#include "schedulers/variance_preserving_scheduler.h"

namespace lorikeet {

/// Pseudo numerical methods for diffusion models (arXiv 2202.09778): linear multistep over predictions, started by a
/// doubled second step (PLMS, N steps are N + 1 model calls) or, without skipPrkSteps, by three Runge-Kutta steps of
/// four calls. Follows diffusers' PNDMScheduler.
class PndmScheduler final : public VariancePreservingScheduler {
 public:
  PndmScheduler(const SchedulerConfig& config, Spacing spacing, int steps);
  int stepsDone(int callsDone) const override;
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  Tensor stepRungeKutta(const Tensor& prediction, const Tensor& x, int call);
  Tensor stepMultistep(const Tensor& prediction, const Tensor& x, int call);
  Tensor combinedPredictions() const;
  Tensor transfer(const Tensor& x, int timestep, int previousTimestep, const Tensor& prediction) const;

  int stride_;               ///< training timesteps in a step
  int rungeKuttaCalls_ = 0;  ///< calls of the start-up phase
  int callsMade_ = 0;
  double finalAlpha_;
  std::deque<Tensor> predictions_;  ///< newest first, at most four
  Tensor start_;                    ///< x at the beginning of a step that takes several calls
  Tensor sum_;                      ///< weighted sum of a Runge-Kutta step's predictions
};

}  // namespace lorikeet
