#pragma once
#include "core/tensor.h"
#include "lorikeet/image.h"

namespace lorikeet {

/// The brightness of a picture alone (OpenCV's YCrCb, BT.601 in bytes): [1, H, W, 1] in [0, 1].
Tensor brightnessToTensor(const Image& picture);
/// The picture whose brightness is [1, H, W, 1], cut to [0, 1], and whose colours are those of `colours`, enlarged to
/// that size with OpenCV's bicubic filter. Byte values are cut off, not rounded, as dnn_superres' models expect.
Image withBrightness(const Tensor& brightness, const Image& colours);

}  // namespace lorikeet
