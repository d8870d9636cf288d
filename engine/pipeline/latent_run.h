#pragma once
#include <functional>

#include "core/tensor.h"

namespace lorikeet {

/// How the latents of one picture begin and what happens to them on the way: what text to image, image to image and
/// inpainting differ in.
struct LatentRun {
  Tensor latents;     ///< [1, C, h, w] as they are before firstCall
  int firstCall = 0;  ///< of the scheduler; its callCount() when nothing is left to do
  /// [1, h, w, K] that the UNet sees beside the latents: mask and masked picture of 9-channel models; may be empty.
  Tensor extraChannels;
  /// May change the latents [1, C, h, w] after a model call; may be empty.
  std::function<void(Tensor& latents, int call)> afterStep;
};

}  // namespace lorikeet
