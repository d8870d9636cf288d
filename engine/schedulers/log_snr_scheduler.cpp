#include "schedulers/log_snr_scheduler.h"

#include <cmath>
#include <limits>

#include "core/portable_math.h"
#include "schedulers/latent_math.h"

namespace lorikeet {

LogSnrScheduler::LogSnrScheduler(const SchedulerConfig& config, const SigmaTableSpec& spec, int callsPerStep)
    : Scheduler(config, spec.steps, callsPerStep) {
  if (config.rescaleBetasZeroSnr) schedule_.avoidInfiniteSigma();
  SigmaTable table = makeWholeTimestepSigmaTable(schedule_, spec);
  sigmas_ = std::move(table.sigmas);
  timesteps_ = std::move(table.timesteps);
  stepCount_ = static_cast<int>(timesteps_.size());
}

Tensor LogSnrScheduler::scaleInput(const Tensor& x, int /*call*/) const { return x.clone(); }

Tensor LogSnrScheduler::predictOriginal(const Tensor& prediction, const Tensor& x, int call) const {
  const Level now = level(call);
  return originalFromPrediction(config_.predictionType, prediction, x, now.alpha, now.sigma);
}

Tensor LogSnrScheduler::addNoise(const Tensor& original, const Tensor& noise, int call) const {
  if (call >= callCount()) return original.clone();
  const Level now = level(call);
  return weightedSum({{now.alpha, original}, {now.sigma, noise}});
}

LogSnrScheduler::Level LogSnrScheduler::levelOf(double sigma) {
  const double alpha = 1 / std::sqrt(sigma * sigma + 1);
  const double lambda = sigma > 0 ? -portableLog(sigma) : std::numeric_limits<double>::infinity();
  return {alpha, sigma * alpha, lambda};
}

Tensor LogSnrScheduler::limitedOriginal(const Tensor& prediction, const Tensor& x, int call) const {
  Tensor original = predictOriginal(prediction, x, call);
  limitOriginal(original, config_, false);
  return original;
}

}  // namespace lorikeet
