#pragma once
#include "schedulers/dpm_fast_scheduler.h"

namespace lorikeet {

/// DPM-Solver-23 with a step size that follows its error (arXiv 2206.00927): the number of model calls is not known
/// beforehand, timesteps() grows, and stepsDone() tells how far the way in log sigma is in parts of the steps that were
/// asked for, which have no other meaning. With ancestral noise after every accepted step. Follows k-diffusion's
/// sample_dpm_adaptive (order 3, rtol 0.05, atol 0.0078) as A1111 calls it; a rejected step does not ask the model
/// again for what it knows. Throws Error(Unsupported) where the error stops being a number or never gets small enough.
class DpmAdaptiveScheduler final : public StagedScheduler {
 public:
  DpmAdaptiveScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SchedulerOptions& options);
  double shareDone(int callsDone, int first) const override;
  Tensor step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) override;

 private:
  void plan();
  void askForNext();
  int partDone() const;
  bool accepts(const Tensor& low, const Tensor& high);

  SigmaRange range_;
  double eta_;
  double noiseScale_;
  double sigma_ = 0;     ///< where the current step begins
  double end_ = 0;       ///< its end
  double width_ = 0.05;  ///< of the next step in log sigma
  double up_ = 0;        ///< fresh noise at its end
  DpmSolverStep solver_{1, 1, 1};
  Tensor start_;    ///< x at sigma_
  Tensor lastLow_;  ///< the lower order's end of the last accepted step
  std::vector<Tensor> noises_;
};

}  // namespace lorikeet
