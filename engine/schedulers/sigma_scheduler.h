#pragma once
#include "schedulers/scheduler.h"
#include "schedulers/timestep_table.h"

namespace lorikeet {

/// Base of samplers that work on x = original + sigma * noise (k-diffusion's form): the model sees
/// x / sqrt(sigma^2 + 1).
class SigmaScheduler : public Scheduler {
 public:
  float initialNoiseScale() const override;
  Tensor scaleInput(const Tensor& x, int call) const override;
  Tensor predictOriginal(const Tensor& prediction, const Tensor& x, int call) const override;
  Tensor addNoise(const Tensor& original, const Tensor& noise, int call) const override;

 protected:
  SigmaScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, int callsPerStep = 1);
  /// Noise level of x at a model call.
  virtual double sigmaAtCall(int call) const { return sigmas_[call]; }
  /// (x - original) / sigma, the slope of the probability flow.
  Tensor derivative(const Tensor& prediction, const Tensor& x, double sigma) const;
  Tensor originalAt(const Tensor& prediction, const Tensor& x, double sigma) const;

 private:
  Spacing spacing_;
};

}  // namespace lorikeet
