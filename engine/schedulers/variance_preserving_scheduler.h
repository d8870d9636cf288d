#pragma once
#include "schedulers/scheduler.h"

namespace lorikeet {

/// Base of samplers that work on x = sqrt(a) * original + sqrt(1 - a) * noise at whole timesteps (DDPM's form): the
/// model's input needs no scaling.
class VariancePreservingScheduler : public Scheduler {
 public:
  float initialNoiseScale() const override { return 1; }
  Tensor scaleInput(const Tensor& x, int call) const override;
  Tensor predictOriginal(const Tensor& prediction, const Tensor& x, int call) const override;
  Tensor addNoise(const Tensor& original, const Tensor& noise, int call) const override;

 protected:
  using Scheduler::Scheduler;
  int timestepAt(int call) const { return static_cast<int>(timesteps_[call]); }
  /// The cumulative alpha of a timestep; finalAlpha for one before the first.
  double alphaCumprod(int timestep, double finalAlpha = 1) const;
};

}  // namespace lorikeet
