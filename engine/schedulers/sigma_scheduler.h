#pragma once
#include "schedulers/scheduler.h"
#include "schedulers/timestep_table.h"

namespace lorikeet {

/// Base of samplers that work on x = original + sigma * noise (k-diffusion's form): the model sees
/// x / sqrt(sigma^2 + 1). Samplers that take churn raise the noise level a little before a step (arXiv 2206.00364,
/// algorithm 2; k-diffusion's s_churn, s_tmin, s_tmax and s_noise).
class SigmaScheduler : public Scheduler {
 public:
  void prepare(Tensor& x, int call, NoiseGenerator& noise) override;
  float initialNoiseScale() const override;
  Tensor scaleInput(const Tensor& x, int call) const override;
  Tensor predictOriginal(const Tensor& prediction, const Tensor& x, int call) const override;
  Tensor addNoise(const Tensor& original, const Tensor& noise, int call) const override;

 protected:
  SigmaScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, int callsPerStep = 1);
  /// Noise level of x at a model call, before churn.
  virtual double sigmaAtCall(int call) const { return sigmas_[call]; }
  /// The level at which the model looks, with churn.
  double modelSigma(int call) const;
  /// Raises the level of a call, and its timestep, in a run of `steps` steps. Noise is drawn at every such call, also
  /// where the level stays, as k-diffusion does.
  void raise(int call, const SigmaChurn& churn, int steps);
  /// (x - original) / sigma, the slope of the probability flow.
  Tensor derivative(const Tensor& prediction, const Tensor& x, double sigma) const;
  Tensor originalAt(const Tensor& prediction, const Tensor& x, double sigma) const;

 private:
  struct Churned {
    double sigma = 0;  ///< 0: no churn at this call
    double noiseScale = 1;
  };
  Spacing spacing_;
  std::vector<Churned> churned_;
};

}  // namespace lorikeet
