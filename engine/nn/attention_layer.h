#pragma once
#include "nn/linear.h"

namespace lorikeet {

/// Multi-head attention with its projections (diffusers' Attention: to_q, to_k, to_v, to_out.0).
class AttentionLayer {
 public:
  /// contextWidth is `width` for self-attention.
  AttentionLayer(const LayerSource& source, int64_t width, int64_t contextWidth, int heads);
  /// x [N, T, width] attends to keys [N, Tk, contextWidth]; the result, plus the residual if there is one.
  Tensor operator()(const ExecutionContext& context, const Tensor& x, const Tensor& keys,
                    const Tensor* residual = nullptr) const;

 private:
  int heads_;
  Linear query_, key_, value_, output_;
};

}  // namespace lorikeet
