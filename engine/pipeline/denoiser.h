#pragma once
#include "pipeline/conditioning.h"
#include "pipeline/control_stack.h"

namespace lorikeet {

/// One guided model call: runs the UNet on the rows of the conditioning and combines them (unconditional + scale *
/// (conditional - unconditional); Ho and Salimans, "Classifier-Free Diffusion Guidance", 2022). Prompts joined by AND
/// each add their weighted difference (Liu et al., "Compositional Visual Generation", 2022).
class Denoiser {
 public:
  Denoiser(const UNet& unet, const PromptConditioning& conditioning, double guidanceScale, const ControlStack& controls)
      : unet_(unet),
        conditioning_(conditioning),
        guidanceScale_(static_cast<float>(guidanceScale)),
        controls_(controls) {}
  /// latents [1, C, h, w] as the scheduler scaled them, extraChannels [1, h, w, K] or empty -> the prediction
  /// [1, C, h, w].
  Tensor operator()(const ExecutionContext& context, const Tensor& latents, const Tensor& extraChannels, float timestep,
                    RunPosition position) const;

 private:
  Tensor predict(const ExecutionContext& context, const Tensor& latents, const Tensor& extraChannels, float timestep,
                 RunPosition position, const Tensor& text) const;

  const UNet& unet_;
  const PromptConditioning& conditioning_;
  float guidanceScale_;
  const ControlStack& controls_;
};

}  // namespace lorikeet
