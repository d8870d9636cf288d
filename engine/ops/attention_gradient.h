#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"

namespace lorikeet {

/// What attention() computed, and what from.
struct AttentionRecord {
  const Tensor& q;
  const Tensor& k;
  const Tensor& v;
  const Tensor& result;
  const Tensor& logSums;
  int heads = 1;
  bool causal = false;
};

struct AttentionGradients {
  Tensor q, k, v;
};

/// From the gradient of the result to those of queries, keys and values. Scores are computed again block by block (Dao
/// et al., "FlashAttention", 2022, algorithm 4), so that none but a block's are ever held.
AttentionGradients attentionGradient(const ExecutionContext& context, const AttentionRecord& record,
                                     const Tensor& gradient);

}  // namespace lorikeet
