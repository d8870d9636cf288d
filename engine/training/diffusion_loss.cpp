#include "training/diffusion_loss.h"

#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>

namespace lorikeet {

DiffusionLoss::DiffusionLoss(const SchedulerConfig& config, double minSnr)
    : schedule_(config), predictsVelocity_(config.predictionType == PredictionType::VPrediction), minSnr_(minSnr) {
  if (config.predictionType == PredictionType::Sample)
    throw Error(ErrorKind::Unsupported,
                "This model predicts the clean picture; only models that predict noise or velocity can be trained.");
}

Tensor DiffusionLoss::noisy(const Tensor& latents, const Tensor& noise, std::span<const int> timesteps) const {
  Tensor mixed(latents.shape());
  const size_t each = latents.size() / timesteps.size();
  for (size_t image = 0; image < timesteps.size(); ++image) {
    const float share = std::sqrt(alpha(timesteps[image])), rest = std::sqrt(1 - alpha(timesteps[image]));
    for (size_t i = image * each; i < (image + 1) * each; ++i) mixed[i] = share * latents[i] + rest * noise[i];
  }
  return mixed;
}

double DiffusionLoss::weight(int timestep) const {
  if (minSnr_ <= 0) return 1;
  const double a = alpha(timestep), snr = a / std::max(1e-12, 1 - a);
  return predictsVelocity_ ? std::min(snr, minSnr_) / (snr + 1) : std::min(1.0, minSnr_ / std::max(snr, 1e-12));
}

DiffusionLoss::Result DiffusionLoss::operator()(const Tensor& prediction, const Tensor& latents, const Tensor& noise,
                                                std::span<const int> timesteps) const {
  CHECK(prediction.shape() == latents.shape() && noise.shape() == latents.shape());
  Result result{0, Tensor(prediction.shape())};
  const size_t each = latents.size() / timesteps.size();
  for (size_t image = 0; image < timesteps.size(); ++image) {
    const float share = std::sqrt(alpha(timesteps[image])), rest = std::sqrt(1 - alpha(timesteps[image]));
    const double factor = weight(timesteps[image]) / static_cast<double>(latents.size());
    double sum = 0;
    for (size_t i = image * each; i < (image + 1) * each; ++i) {
      const float target = predictsVelocity_ ? share * noise[i] - rest * latents[i] : noise[i];
      const float difference = prediction[i] - target;
      sum += static_cast<double>(difference) * difference;
      result.gradient[i] = static_cast<float>(2 * factor) * difference;
    }
    result.loss += factor * sum;
  }
  return result;
}

}  // namespace lorikeet
