#include "schedulers/euler_ancestral_scheduler.h"

#include "schedulers/ancestral_step.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

Tensor EulerAncestralScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& noise) {
  const double sigma = sigmas_[call];
  const auto [down, up] = ancestralStep(sigma, sigmas_[call + 1], eta_);
  const Tensor slope = derivative(prediction, x, sigma);
  const Tensor fresh = drawNoise(noise, x.shape());
  return weightedSum({{1, x}, {down - sigma, slope}, {noiseScale_ * up, fresh}});
}

}  // namespace lorikeet
