#include "pipeline/image_to_image.h"

#include <cmath>

#include "schedulers/latent_math.h"

namespace lorikeet {

Tensor drawLatents(const LatentDistribution& picture, const AutoencoderConfig& config, NoiseGenerator& noise) {
  const Tensor mean = toChannelsFirst(picture.mean), logVariance = toChannelsFirst(picture.logVariance);
  Tensor latents = drawNoise(noise, mean.shape());
  for (size_t i = 0; i < latents.size(); ++i) {
    const float value = mean[i] + std::exp(0.5f * logVariance[i]) * latents[i];
    latents[i] = static_cast<float>((value - config.shiftFactor) * config.scalingFactor);
  }
  return latents;
}

LatentRun startFromPicture(const LatentDistribution& picture, const AutoencoderConfig& config,
                           const Scheduler& scheduler, PictureNoise& noise, double strength) {
  LatentRun run;
  run.firstCall = scheduler.firstCall(strength);
  const Tensor latents = drawLatents(picture, config, noise);
  run.latents = scheduler.addNoise(latents, noise.start(latents.shape()), run.firstCall);
  return run;
}

}  // namespace lorikeet
