#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"
#include "ops/kernels.h"

namespace lorikeet {

/// x += y, shapes equal.
void addInPlace(const ExecutionContext& context, Tensor& x, const Tensor& y);
/// x = activation(x).
void activateInPlace(const ExecutionContext& context, Tensor& x, Activation activation);

}  // namespace lorikeet
