#include "schedulers/euler_scheduler.h"

#include "schedulers/latent_math.h"

namespace lorikeet {

EulerScheduler::EulerScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SigmaChurn& churn)
    : SigmaScheduler(config, spec) {
  if (churn.churn > 0)
    for (int call = 0; call < callCount(); ++call) raise(call, churn, stepCount_);
}

Tensor EulerScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  const double sigma = modelSigma(call);
  const double sigmaNext = sigmas_[call + 1];
  return weightedSum({{1, x}, {sigmaNext - sigma, derivative(prediction, x, sigma)}});
}

}  // namespace lorikeet
