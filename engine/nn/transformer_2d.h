#pragma once
#include <vector>

#include "nn/attention_layer.h"
#include "nn/norms.h"
#include "nn/token_merging.h"

namespace lorikeet {

/// diffusers' BasicTransformerBlock: self-attention, cross-attention and a GEGLU feed-forward layer, each behind a
/// layer norm and with a residual.
class TransformerBlock {
 public:
  TransformerBlock(const LayerSource& source, int64_t width, int64_t contextWidth, int heads);
  /// x [N, T, width]; `map`: the map whose pixels the T tokens are, if some may be merged for self-attention.
  Tensor operator()(const ExecutionContext& context, Tensor x, const Tensor& text, const MapShape* map) const;

 private:
  Tensor attendToItself(const ExecutionContext& context, const Tensor& x, const MapShape* map) const;

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
  /// isFinest: it works on maps of the latents' size, where tokens may be merged (ExecutionContext::mergedTokens).
  Transformer2d(const LayerSource& source, int64_t channels, int64_t contextWidth, int heads, int depth, int normGroups,
                bool isFinest = false);
  /// x [N, H, W, channels], text [N, T, contextWidth] -> [N, H, W, channels].
  Tensor operator()(const ExecutionContext& context, const Tensor& x, const Tensor& text) const;

 private:
  GroupNorm norm_;
  Linear projectionIn_;
  std::vector<TransformerBlock> blocks_;
  Linear projectionOut_;
  bool isFinest_;
};

}  // namespace lorikeet
