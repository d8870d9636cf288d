#pragma once
#include <vector>

#include "nn/attention_layer.h"
#include "nn/norms.h"

namespace lorikeet {

/// diffusers' BasicTransformerBlock: self-attention, cross-attention and a GEGLU feed-forward layer, each behind a
/// layer norm and with a residual.
class TransformerBlock {
 public:
  TransformerBlock(const LayerSource& source, int64_t width, int64_t contextWidth, int heads);
  Tensor operator()(const ExecutionContext& context, Tensor x, const Tensor& text) const;

 private:
  LayerNorm norm1_;
  AttentionLayer selfAttention_;
  LayerNorm norm2_;
  AttentionLayer crossAttention_;
  LayerNorm norm3_;
  Linear gatedUp_;
  Linear down_;
};

/// diffusers' Transformer2DModel: a group norm and a projection around transformer blocks, on the pixels of a map.
class Transformer2d {
 public:
  Transformer2d(const LayerSource& source, int64_t channels, int64_t contextWidth, int heads, int depth,
                int normGroups);
  /// x [N, H, W, channels], text [N, T, contextWidth] -> [N, H, W, channels].
  Tensor operator()(const ExecutionContext& context, const Tensor& x, const Tensor& text) const;

 private:
  GroupNorm norm_;
  Linear projectionIn_;
  std::vector<TransformerBlock> blocks_;
  Linear projectionOut_;
};

}  // namespace lorikeet
