#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"

namespace lorikeet {

/// Whether operations shall be compared with exact ones (Profiler::Detail::Errors).
inline bool wantsErrors(const ExecutionContext& context) {
  return context.profiler() != nullptr && context.profiler()->wantsErrors();
}

/// Compares two results of the same shape.
OperationError errorOf(const Tensor& actual, const Tensor& exact);

}  // namespace lorikeet
