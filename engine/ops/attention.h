#pragma once
#include "core/execution_context.h"
#include "core/tensor.h"

namespace lorikeet {

/// softmax(q k^T / sqrt(d)) v for each head, without ever holding the scores of more than a block: keys and values are
/// walked through in blocks with an online softmax (Dao et al., "FlashAttention", 2022). q [N, Tq, heads * d],
/// k, v [N, Tk, heads * d] -> [N, Tq, heads * d]. causal: query i sees keys 0..i only (text encoder). logSums, if asked
/// for, becomes the logarithm of the softmax's denominator, [N, heads, Tq], which attentionGradient() needs.
Tensor attention(const ExecutionContext& context, const Tensor& q, const Tensor& k, const Tensor& v, int heads,
                 bool causal = false, Tensor* logSums = nullptr);

}  // namespace lorikeet
