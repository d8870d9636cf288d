#pragma once
#include "ops/convolution.h"

namespace lorikeet {

/// From the gradient of a convolution's result, [N, H', W', outputs], to that of its input [N, height, width, inputs].
/// `turned` is the weight's PackedWeights::transposed(); kernels of 1 or 3, strides of 1 or 2, no dilation. residual,
/// if any, is added.
Tensor convolutionInputGradient(const ExecutionContext& context, const Tensor& gradient, const PackedWeights& turned,
                                const ConvolutionGeometry& geometry, int64_t height, int64_t width,
                                const Tensor* residual = nullptr);

/// The gradient of a convolution's weight, [outputs, taps, inputs], for few outputs (the lower half of a low-rank
/// term).
Tensor convolutionWeightGradient(const ExecutionContext& context, const Tensor& gradient, const Tensor& x,
                                 const ConvolutionGeometry& geometry);

/// The sum over rows of left[row]^T right[row], [m, n], for left [..., m] of few columns and right [..., n]. Rows are
/// added in fixed blocks, so the result does not depend on threads.
Tensor sumOfProducts(const ExecutionContext& context, const Tensor& left, const Tensor& right);

/// The sum over the pixels of each image: [N, H, W, C] -> [N, C].
Tensor sumOverPixels(const ExecutionContext& context, const Tensor& x);

}  // namespace lorikeet
