#include "nn/transformer_2d.h"

#include <fmt/format.h>

namespace lorikeet {
namespace {

/// Transformer2DModel's own norm; not the UNet's norm_eps.
constexpr float kNormEpsilon = 1e-6f;
constexpr int64_t kFeedForwardFactor = 4;

}  // namespace

TransformerBlock::TransformerBlock(const LayerSource& source, int64_t width, int64_t contextWidth, int heads)
    : norm1_(source.scope("norm1"), width),
      selfAttention_(source.scope("attn1"), width, width, heads),
      norm2_(source.scope("norm2"), width),
      crossAttention_(source.scope("attn2"), width, contextWidth, heads),
      norm3_(source.scope("norm3"), width),
      gatedUp_(source.scope("ff.net.0.proj"), width, 2 * kFeedForwardFactor * width),
      down_(source.scope("ff.net.2"), kFeedForwardFactor * width, width) {}

Tensor TransformerBlock::attendToItself(const ExecutionContext& context, const Tensor& x, const MapShape* map) const {
  const Tensor h = norm1_(context, x);
  if (map == nullptr || context.mergedTokens() <= 0) return selfAttention_(context, h, h, &x);
  const TokenMerging merging(context, h, *map, context.mergedTokens());
  const Tensor fewer = merging.merged(context, h);
  return merging.spread(context, selfAttention_(context, fewer, fewer), x);
}

Tensor TransformerBlock::operator()(const ExecutionContext& context, Tensor x, const Tensor& text,
                                    const MapShape* map) const {
  x = attendToItself(context, x, map);
  x = crossAttention_(context, norm2_(context, x), text, &x);
  const Tensor h = gatedUp_(context, norm3_(context, x), {.geglu = true});
  return down_(context, h, {.residual = &x});
}

Transformer2d::Transformer2d(const LayerSource& source, int64_t channels, int64_t contextWidth, int heads, int depth,
                             int normGroups, bool isFinest)
    : norm_(source.scope("norm"), normGroups, channels, kNormEpsilon),
      projectionIn_(source.scope("proj_in"), channels, channels),
      projectionOut_(source.scope("proj_out"), channels, channels),
      isFinest_(isFinest) {
  blocks_.reserve(depth);
  for (int i = 0; i < depth; ++i)
    blocks_.emplace_back(source.scope(fmt::format("transformer_blocks.{}", i)), channels, contextWidth, heads);
}

Tensor Transformer2d::operator()(const ExecutionContext& context, const Tensor& x, const Tensor& text) const {
  Tensor h = projectionIn_(context, norm_(context, x, false));
  h = std::move(h).reshaped({x.dim(0), x.dim(1) * x.dim(2), x.dim(3)});
  const MapShape map{x.dim(1), x.dim(2)};
  for (const TransformerBlock& block : blocks_) h = block(context, std::move(h), text, isFinest_ ? &map : nullptr);
  return projectionOut_(context, std::move(h).reshaped(x.shape()), {.residual = &x});
}

}  // namespace lorikeet
