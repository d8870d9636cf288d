#pragma once
#include "pipeline/conditioning.h"
#include "pipeline/control_stack.h"

namespace lorikeet {

/// How the two halves of a model call are combined, and which work is left out.
struct GuidanceOptions {
  double scale = 1;
  Shortcuts shortcuts = {};
};

/// One guided model call: runs the UNet on the rows of the conditioning and combines them (unconditional + scale *
/// (conditional - unconditional); Ho and Salimans, "Classifier-Free Diffusion Guidance", 2022). Prompts joined by AND
/// each add their weighted difference (Liu et al., "Compositional Visual Generation", 2022). Remembers what the
/// shortcuts use again, for one run.
class Denoiser {
 public:
  Denoiser(const UNet& unet, const PromptConditioning& conditioning, const GuidanceOptions& options,
           const ControlStack& controls)
      : unet_(unet), conditioning_(conditioning), options_(options), controls_(controls) {}
  /// latents [1, C, h, w] as the scheduler scaled them, extraChannels [1, h, w, K] or empty -> the prediction
  /// [1, C, h, w].
  Tensor operator()(const ExecutionContext& context, const Tensor& latents, const Tensor& extraChannels, float timestep,
                    RunPosition position);

 private:
  /// What every part of one call sees.
  struct Call {
    Tensor latents;  ///< channels last
    const Tensor& extraChannels;
    float timestep;
    RunPosition position;
  };
  /// part: 0 for the prompt, then its further ones. Returns [rows of text, C, h, w].
  Tensor predict(const ExecutionContext& context, const Call& call, size_t part, const Tensor& text);
  bool needsUnconditional(const Conditioning& conditioning, RunPosition position) const;
  float scaleAt(RunPosition position) const;

  const UNet& unet_;
  const PromptConditioning& conditioning_;
  GuidanceOptions options_;
  const ControlStack& controls_;
  std::vector<InnerResult> inner_;  ///< by part
  Tensor difference_;               ///< conditional - unconditional of the last call that computed both, [1, C, h, w]
};

}  // namespace lorikeet
