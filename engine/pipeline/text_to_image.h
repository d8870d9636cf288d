#pragma once
#include "pipeline/latent_run.h"
#include "pipeline/picture_noise.h"
#include "schedulers/scheduler.h"

namespace lorikeet {

/// Starts from noise alone (diffusers' StableDiffusionPipeline). shape: [1, C, h, w].
LatentRun startFromNoise(const Shape& shape, const Scheduler& scheduler, PictureNoise& noise);

}  // namespace lorikeet
