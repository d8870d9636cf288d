#pragma once
#include "core/tensor.h"
#include "lorikeet/image.h"
#include "lorikeet/mask.h"

namespace lorikeet {

enum class TensorLayout {
  ChannelsLast,   ///< [N, H, W, C], as the networks work
  ChannelsFirst,  ///< [N, C, H, W], as golden files are
};

/// [1, H, W, 3] or [1, 3, H, W] in [-1, 1]: value / 255 * 2 - 1 (diffusers' VaeImageProcessor).
Tensor imageToTensor(const Image& image, TensorLayout layout = TensorLayout::ChannelsLast);
/// Picture `index` of a batch: clamp(x / 2 + 0.5) * 255, rounded to nearest, ties to even. NaN becomes 0.
Image tensorToImage(const Tensor& tensor, TensorLayout layout = TensorLayout::ChannelsLast, int64_t index = 0);
/// The control picture for ControlNets: [1, H, W, 3] or [1, 3, H, W] in [0, 1].
Tensor controlToTensor(const Image& image, TensorLayout layout = TensorLayout::ChannelsLast);

/// [1, H, W, 1] (the same bytes as [1, 1, H, W]), 1 where the mask is at least 128, else 0.
Tensor maskToTensor(const Mask& mask);
/// [1, H/factor, W/factor, 1], binary at 0.5 in pixels, then nearest neighbour (torch's interpolate), as diffusers
/// makes the latent mask. Sides must be multiples of the factor.
Tensor maskToLatents(const Mask& mask, int factor = 8);
/// The same shape with the mean of each cell in [0, 1], for soft masks.
Tensor softMaskToLatents(const Mask& mask, int factor = 8);
/// imageToTensor with 0 (middle grey) wherever the mask is at least 128: the "masked image" of 9-channel models.
Tensor maskedImageToTensor(const Image& image, const Mask& mask, TensorLayout layout = TensorLayout::ChannelsLast);

}  // namespace lorikeet
