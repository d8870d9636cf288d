#include "schedulers/heun_scheduler.h"

#include "core/check.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

HeunScheduler::HeunScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, const SigmaChurn& churn)
    : SigmaScheduler(config, spec, 2) {
  const auto sigmas = std::move(sigmas_);
  const auto timesteps = std::move(timesteps_);
  sigmas_ = {sigmas.front()};
  timesteps_ = {timesteps.front()};
  for (size_t i = 1; i < timesteps.size(); ++i) {
    sigmas_.insert(sigmas_.end(), 2, sigmas[i]);
    timesteps_.insert(timesteps_.end(), 2, timesteps[i]);
  }
  sigmas_.push_back(sigmas.back());
  if (churn.churn > 0)
    for (int call = 0; call < callCount(); call += 2) raise(call, churn, stepCount_);
}

Tensor HeunScheduler::step(const Tensor& prediction, const Tensor& x, int call, NoiseGenerator& /*noise*/) {
  const bool first = call % 2 == 0;
  if (first) {
    start_ = x.clone();
    startSlope_ = slope(prediction, x, modelSigma(call));
    return weightedSum({{1, x}, {sigmas_[call + 1] - modelSigma(call), startSlope_}});
  }
  CHECK(!start_.empty());
  const Tensor endSlope = slope(prediction, x, sigmas_[call]);
  const double half = (sigmas_[call] - modelSigma(call - 1)) / 2;
  return weightedSum({{1, start_}, {half, startSlope_}, {half, endSlope}});
}

Tensor HeunScheduler::slope(const Tensor& prediction, const Tensor& x, double sigma) const {
  if (!config_.clipSample.value_or(false)) return derivative(prediction, x, sigma);
  Tensor original = originalAt(prediction, x, sigma);
  limitOriginal(original, config_, true);
  return weightedSum({{1 / sigma, x}, {-1 / sigma, original}});
}

}  // namespace lorikeet
