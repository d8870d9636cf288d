#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"
#include "ops/kernels.h"

namespace lorikeet {

/// x += y, shapes equal.
void addInPlace(const ExecutionContext& context, Tensor& x, const Tensor& y);
/// x = activation(x).
void activateInPlace(const ExecutionContext& context, Tensor& x, Activation activation);

/// x = x where it is positive, slopes[channel] * x elsewhere; x [..., C], slopes [C] (torch.nn.PReLU, LeakyReLU).
void preluInPlace(const ExecutionContext& context, Tensor& x, const float* slopes);
/// x = factor * x + y, shapes equal.
void addScaledInPlace(const ExecutionContext& context, Tensor& x, float factor, const Tensor& y);
/// x = min(x, ceiling).
void limitInPlace(const ExecutionContext& context, Tensor& x, float ceiling);

}  // namespace lorikeet
