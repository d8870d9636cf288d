#pragma once
#include <functional>
#include <string>

#include "core/tensor.h"

namespace lorikeet {

/// How the latents of one picture begin and what happens to them on the way: what text to image, image to image and
/// inpainting differ in, and the two passes of an enlarged one.
struct LatentRun {
  Tensor latents;     ///< [1, C, h, w] as they are before firstCall
  int firstCall = 0;  ///< of the scheduler; its callCount() when nothing is left to do
  /// [1, h, w, K] that the UNet sees beside the latents: mask and masked picture of 9-channel models; may be empty.
  Tensor extraChannels;
  /// May change the latents [1, C, h, w] after a model call; may be empty.
  std::function<void(Tensor& latents, int call)> afterStep;
  std::string name = "latents";  ///< its latents are reported as name.initial, name.after_step.NN
  int stepsBefore = 0;           ///< steps of the same picture that were reported before this run
  /// When not 0: a prompt written for so many steps is spread over the steps of this run.
  int promptSteps = 0;
};

}  // namespace lorikeet
