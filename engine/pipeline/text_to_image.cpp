#include "pipeline/text_to_image.h"

#include "schedulers/latent_math.h"

namespace lorikeet {

LatentRun startFromNoise(const Shape& shape, const Scheduler& scheduler, PictureNoise& noise) {
  LatentRun run;
  run.latents = noise.start(shape);
  const float scale = scheduler.initialNoiseScale();
  for (float& v : run.latents.values()) v *= scale;
  return run;
}

}  // namespace lorikeet
