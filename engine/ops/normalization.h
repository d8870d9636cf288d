#pragma once
#include "core/execution_context.h"
#include "ops/feature_map.h"

namespace lorikeet {

/// Group normalisation over [N, H, W, C] with per-channel gamma and beta [C], followed by SiLU if asked for. Statistics
/// are summed in fixed blocks of rows, shifted against cancellation, and combined in double.
Tensor groupNorm(const ExecutionContext& context, const FeatureMap& x, int groups, const float* gamma,
                 const float* beta, float epsilon, bool silu);

/// Layer normalisation of every row of [..., C].
Tensor layerNorm(const ExecutionContext& context, const Tensor& x, const float* gamma, const float* beta,
                 float epsilon);

}  // namespace lorikeet
