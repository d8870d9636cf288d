#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"

namespace lorikeet {

/// From the gradient of groupNorm(x, ...) to that of x, both [N, H, W, C]. Statistics are computed again.
Tensor groupNormGradient(const ExecutionContext& context, const Tensor& x, int groups, const float* gamma,
                         const float* beta, float epsilon, bool silu, const Tensor& gradient);

/// From the gradient of layerNorm(x, ...) to that of x.
Tensor layerNormGradient(const ExecutionContext& context, const Tensor& x, const float* gamma, float epsilon,
                         const Tensor& gradient);

}  // namespace lorikeet
