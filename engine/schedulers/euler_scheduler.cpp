#include "schedulers/euler_scheduler.h"

#include "schedulers/latent_math.h"

namespace lorikeet {

Tensor EulerScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  const double sigma = sigmas_[call];
  const double sigmaNext = sigmas_[call + 1];
  return weightedSum({{1, x}, {sigmaNext - sigma, derivative(prediction, x, sigma)}});
}

}  // namespace lorikeet
