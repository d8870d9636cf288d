#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"
#include "lorikeet/upscale.h"

namespace lorikeet {

/// Latents [1, C, h, w] at height x width by a latent method (torch.nn.functional.interpolate with half-pixel centres
/// and without antialiasing: bilinear, nearest or bicubic with a = -0.75). Where an edge wraps, samples beyond it come
/// from the opposite side.
Tensor resizeLatents(const Tensor& latents, UpscaleMethod method, int64_t height, int64_t width, Wrap wrap = {});

}  // namespace lorikeet
