#pragma once
#include "core/tensor.h"
#include "lorikeet/image.h"

namespace lorikeet {

/// A small preview, [1, h, w, 3] in [-1, 1] as the latent-to-RGB matrix gives it, at a display size: bicubic on the
/// unrounded values, so that gradients stay smooth. Not-a-number shows as black.
Image enlargePreview(const Tensor& rgb, int width, int height);

}  // namespace lorikeet
