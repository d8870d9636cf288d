#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"
#include "ops/kernels.h"

namespace lorikeet {

/// gradient *= activation'(x), shapes equal.
void activationGradientInPlace(const ExecutionContext& context, Tensor& gradient, const Tensor& x,
                               Activation activation);

/// First half of the channels times gelu(second half): [..., 2 * width] -> [..., width].
Tensor geglu(const ExecutionContext& context, const Tensor& x);
/// From the gradient of geglu(x) to that of x.
Tensor gegluGradient(const ExecutionContext& context, const Tensor& x, const Tensor& gradient);

/// The first `channels` channels of [..., C] and the others: the way back from joinChannels().
std::pair<Tensor, Tensor> splitChannels(const ExecutionContext& context, const Tensor& x, int64_t channels);

}  // namespace lorikeet
