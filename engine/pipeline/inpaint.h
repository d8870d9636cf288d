#pragma once
#include "lorikeet/mask.h"
#include "pipeline/image_to_image.h"

namespace lorikeet {

/// What inpainting starts from, at the size that the model works at.
struct InpaintSource {
  const LatentDistribution* picture = nullptr;  ///< null for a 9-channel model at strength 1 that restores nothing
  const LatentDistribution* maskedPicture = nullptr;  ///< 9-channel models: the picture without what is masked
  const Mask& mask;
  bool soft = false;          ///< grey mask values are freed later in the run
  bool restoresKept = false;  ///< 9-channel models: what is not masked is put back as well; needs the picture
};

/// 4-channel models: what is not masked is put back after every step with the same initial noise. 9-channel models: the
/// UNet sees the mask and the masked picture; putting back as well is A1111's manner. Else both as diffusers'
/// StableDiffusionInpaintPipeline, with its order of draws; soft masks after Levin and Fried, "Differential Diffusion",
/// 2023. shape: [1, C, h, w]. The scheduler must outlive the run.
LatentRun startInpainting(const InpaintSource& source, const Shape& shape, const AutoencoderConfig& config,
                          const Scheduler& scheduler, PictureNoise& noise, double strength);

}  // namespace lorikeet
