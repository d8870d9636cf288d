#pragma once
#include "models/autoencoder_kl.h"
#include "pipeline/text_to_image.h"

namespace lorikeet {

/// Scaled latents [1, C, h, w] drawn from the distribution that the encoder gave for a picture.
Tensor drawLatents(const LatentDistribution& picture, const AutoencoderConfig& config, NoiseGenerator& noise);

/// Starts from a picture with noise for the last int(steps * strength) steps (Meng et al., "SDEdit", 2021; diffusers'
/// StableDiffusionImg2ImgPipeline). Draws the picture's latents, then the noise.
LatentRun startFromPicture(const LatentDistribution& picture, const AutoencoderConfig& config,
                           const Scheduler& scheduler, PictureNoise& noise, double strength);

}  // namespace lorikeet
