#include "models/autoencoder_tiny.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <cmath>

#include "ops/elementwise.h"

namespace lorikeet {
namespace {

constexpr int kLevels = 4;
constexpr int kBlocksPerLevel = 3;
constexpr int64_t kPoolFactor = 4;
constexpr int kPoolGroups = 4;
constexpr float kNormEpsilon = 1e-5f;

/// Where a file has its layers. TAESD's own Sequential begins with a clamp, which diffusers does not count.
struct Layers {
  WeightScope scope;
  int first;  ///< number of the first convolution
};

Layers layersOf(const WeightStore& weights) {
  const WeightScope root = weights.root();
  if (root.hasModule("decoder.layers")) return {root.scope("decoder.layers"), 0};
  return {root.hasModule("decoder") ? root.scope("decoder") : root, 1};
}

}  // namespace

AutoencoderTinyDecoder::Block::Block(const LayerSource& source, int64_t channels)
    : first_(source.scope("conv.0"), channels, channels),
      second_(source.scope("conv.2"), channels, channels),
      third_(source.scope("conv.4"), channels, channels) {
  if (!source.weights().hasModule("pool")) return;
  const int64_t wide = channels * kPoolFactor;
  pool_.emplace(Pool{Conv2d(source.scope("pool.0"), channels, wide, kPointwise),
                     GroupNorm(source.scope("pool.1"), kPoolGroups, wide, kNormEpsilon),
                     Conv2d(source.scope("pool.3"), wide, channels, kPointwise)});
}

Tensor AutoencoderTinyDecoder::Block::operator()(const ExecutionContext& context, Tensor x) const {
  if (pool_) {
    Tensor h = pool_->norm(context, pool_->widen(context, x), false);
    activateInPlace(context, h, Activation::Relu);
    x = pool_->narrow(context, h, {.residual = &x});
  }
  Tensor h = first_(context, x, {.activation = Activation::Relu});
  h = second_(context, h, {.activation = Activation::Relu});
  h = third_(context, h, {.residual = &x});
  activateInPlace(context, h, Activation::Relu);
  return h;
}

AutoencoderTinyDecoder::Size AutoencoderTinyDecoder::sizeOf(const WeightStore& weights) {
  const Layers layers = layersOf(weights);
  const auto found = layers.scope.find(std::to_string(layers.first) + ".weight");
  if (found && found->shape.rank() == 4) return {found->shape[1], found->shape[0]};
  throw Error(ErrorKind::Unsupported,
              fmt::format("{} holds no decoder of a tiny autoencoder (TAESD).", weights.source()));
}

AutoencoderTinyDecoder::AutoencoderTinyDecoder(const ExecutionContext& context, const WeightStore& weights)
    : AutoencoderTinyDecoder(LayerSource(context, layersOf(weights).scope), sizeOf(weights), layersOf(weights).first) {}

AutoencoderTinyDecoder::AutoencoderTinyDecoder(const LayerSource& source, const Size& size, int firstLayer)
    : latentChannels_(size.latentChannels),
      parameters_(source.table()),
      convIn_(source.scope(std::to_string(firstLayer)), size.latentChannels, size.channels) {
  const int64_t channels = size.channels;
  // The layers are numbered as in torch's Sequential: convolution, ReLU, then per level its blocks, an enlargement
  // without weights and a convolution.
  int layer = firstLayer + 2;
  for (int i = 0; i < kLevels; ++i) {
    Level& level = levels_.emplace_back();
    const bool last = i + 1 == kLevels;
    for (int j = 0; j < (last ? 1 : kBlocksPerLevel); ++j)
      level.blocks.emplace_back(source.scope(std::to_string(layer++)), channels);
    if (last) break;
    level.enlarge.emplace(source.scope(std::to_string(++layer)), channels, channels);
    ++layer;
  }
  convOut_.emplace(source.scope(std::to_string(layer)), channels, 3);
}

Tensor AutoencoderTinyDecoder::operator()(const ExecutionContext& context, const Tensor& latents) const {
  CHECK(latents.dim(3) == latentChannels_);
  Tensor h = latents.clone();
  for (float& v : h.values()) v = 3 * std::tanh(v / 3);
  h = convIn_(context, h, {.activation = Activation::Relu});
  for (const Level& level : levels_) {
    for (const Block& block : level.blocks) h = block(context, std::move(h));
    if (level.enlarge)
      h = (*level.enlarge)(context, h, {.enlargedHeight = 2 * h.dim(1), .enlargedWidth = 2 * h.dim(2)});
  }
  h = (*convOut_)(context, h);
  for (float& v : h.values()) v = 2 * v - 1;
  return h;
}

}  // namespace lorikeet
