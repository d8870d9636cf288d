#include "schedulers/variance_preserving_scheduler.h"

#include <cmath>

#include "schedulers/latent_math.h"

namespace lorikeet {

Tensor VariancePreservingScheduler::scaleInput(const Tensor& x, int /*call*/) const { return x.clone(); }

Tensor VariancePreservingScheduler::predictOriginal(const Tensor& prediction, const Tensor& x, int call) const {
  const double alpha = alphaCumprod(timestepAt(call));
  return originalFromPrediction(config_.predictionType, prediction, x, std::sqrt(alpha), std::sqrt(1 - alpha));
}

Tensor VariancePreservingScheduler::addNoise(const Tensor& original, const Tensor& noise, int call) const {
  if (call >= callCount()) return original.clone();
  const double alpha = alphaCumprod(timestepAt(call));
  return weightedSum({{std::sqrt(alpha), original}, {std::sqrt(1 - alpha), noise}});
}

double VariancePreservingScheduler::alphaCumprod(int timestep, double finalAlpha) const {
  return timestep >= 0 ? schedule_.alphasCumprod()[timestep] : finalAlpha;
}

}  // namespace lorikeet
