#pragma once
#include "core/noise_generator.h"
#include "pipeline/latent_run.h"
#include "schedulers/scheduler.h"

namespace lorikeet {

/// Starts from noise alone (diffusers' StableDiffusionPipeline). shape: [1, C, h, w].
LatentRun startFromNoise(const Shape& shape, const Scheduler& scheduler, NoiseGenerator& noise);

}  // namespace lorikeet
