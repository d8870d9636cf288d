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

Tensor TransformerBlock::operator()(const ExecutionContext& context, Tensor x, const Tensor& text) const {
  Tensor h = norm1_(context, x);
  x = selfAttention_(context, h, h, x);
  x = crossAttention_(context, norm2_(context, x), text, x);
  h = gatedUp_(context, norm3_(context, x), {.geglu = true});
  return down_(context, h, {.residual = &x});
}

Transformer2d::Transformer2d(const LayerSource& source, int64_t channels, int64_t contextWidth, int heads, int depth,
                             int normGroups)
    : norm_(source.scope("norm"), normGroups, channels, kNormEpsilon),
      projectionIn_(source.scope("proj_in"), channels, channels),
      projectionOut_(source.scope("proj_out"), channels, channels) {
  blocks_.reserve(depth);
  for (int i = 0; i < depth; ++i)
    blocks_.emplace_back(source.scope(fmt::format("transformer_blocks.{}", i)), channels, contextWidth, heads);
}

Tensor Transformer2d::operator()(const ExecutionContext& context, const Tensor& x, const Tensor& text) const {
  Tensor h = projectionIn_(context, norm_(context, x, false));
  h = std::move(h).reshaped({x.dim(0), x.dim(1) * x.dim(2), x.dim(3)});
  for (const TransformerBlock& block : blocks_) h = block(context, std::move(h), text);
  return projectionOut_(context, std::move(h).reshaped(x.shape()), {.residual = &x});
}

}  // namespace lorikeet
