#include "models/autoencoder_kl.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/attention.h"

namespace lorikeet {
namespace {

constexpr float kEpsilon = 1e-6f;
/// The encoder halves maps with padding on the right and bottom only.
constexpr ConvolutionGeometry kEncoderDownsample{3, 2, 0, 1, 0, 0};

std::string listItem(const char* list, size_t index) { return fmt::format("{}.{}", list, index); }

}  // namespace

AutoencoderAttention::AutoencoderAttention(const LayerSource& source, int64_t channels, int normGroups)
    : norm_(source.scope("group_norm"), normGroups, channels, kEpsilon),
      query_(source.scope("to_q"), channels, channels),
      key_(source.scope("to_k"), channels, channels),
      value_(source.scope("to_v"), channels, channels),
      output_(source.scope("to_out.0"), channels, channels) {}

Tensor AutoencoderAttention::operator()(const ExecutionContext& context, const Tensor& x) const {
  Tensor h = norm_(context, x, false);
  h = std::move(h).reshaped({x.dim(0), x.dim(1) * x.dim(2), x.dim(3)});
  h = attention(context, query_(context, h), key_(context, h), value_(context, h), 1);
  return output_(context, std::move(h).reshaped(x.shape()), {.residual = &x});
}

AutoencoderMiddle::AutoencoderMiddle(const LayerSource& source, int64_t channels, const AutoencoderConfig& config)
    : first_(source.scope("resnets.0"), channels, channels, 0, config.normGroups, kEpsilon),
      second_(source.scope("resnets.1"), channels, channels, 0, config.normGroups, kEpsilon) {
  if (config.hasMidAttention) attention_.emplace(source.scope("attentions.0"), channels, config.normGroups);
}

Tensor AutoencoderMiddle::operator()(const ExecutionContext& context, const Tensor& x) const {
  Tensor h = first_(context, x, nullptr);
  if (attention_) h = (*attention_)(context, h);
  return second_(context, h, nullptr);
}

AutoencoderKL::Encoder::Encoder(const LayerSource& source, const AutoencoderConfig& config)
    : convIn(source.scope("conv_in"), 3, config.channels.front()),
      middle(source.scope("mid_block"), config.channels.back(), config),
      normOut(source.scope("conv_norm_out"), config.normGroups, config.channels.back(), kEpsilon),
      convOut(source.scope("conv_out"), config.channels.back(), 2 * config.latentChannels) {
  int64_t inputs = config.channels.front();
  for (size_t i = 0; i < config.channels.size(); ++i) {
    const LayerSource block = source.scope(listItem("down_blocks", i));
    const int64_t outputs = config.channels[i];
    AutoencoderLevel& level = levels.emplace_back();
    for (int j = 0; j < config.layers; ++j, inputs = outputs)
      level.resnets.emplace_back(block.scope(listItem("resnets", j)), inputs, outputs, 0, config.normGroups, kEpsilon);
    if (i + 1 < config.channels.size())
      level.resample.emplace(block.scope("downsamplers.0.conv"), outputs, outputs, kEncoderDownsample);
  }
}

AutoencoderKL::Decoder::Decoder(const LayerSource& source, const AutoencoderConfig& config)
    : convIn(source.scope("conv_in"), config.latentChannels, config.channels.back()),
      middle(source.scope("mid_block"), config.channels.back(), config),
      normOut(source.scope("conv_norm_out"), config.normGroups, config.channels.front(), kEpsilon),
      convOut(source.scope("conv_out"), config.channels.front(), 3) {
  const size_t count = config.channels.size();
  int64_t inputs = config.channels.back();
  for (size_t i = 0; i < count; ++i) {
    const LayerSource block = source.scope(listItem("up_blocks", i));
    const int64_t outputs = config.channels[count - 1 - i];
    AutoencoderLevel& level = levels.emplace_back();
    for (int j = 0; j < config.layers + 1; ++j, inputs = outputs)
      level.resnets.emplace_back(block.scope(listItem("resnets", j)), inputs, outputs, 0, config.normGroups, kEpsilon);
    if (i + 1 < count) level.resample.emplace(block.scope("upsamplers.0.conv"), outputs, outputs);
  }
}

AutoencoderKL::AutoencoderKL(const ExecutionContext& context, const WeightStore& weights,
                             const AutoencoderConfig& config, WeightStorage storage)
    : AutoencoderKL(LayerSource(context, weights.root(), storage), config) {}

AutoencoderKL::AutoencoderKL(const LayerSource& source, const AutoencoderConfig& config)
    : config_(config),
      parameters_(source.table()),
      encoder_(source.scope("encoder"), config),
      decoder_(source.scope("decoder"), config) {
  const int64_t latent = config.latentChannels;
  if (source.weights().hasModule("quant_conv")) quantize_.emplace(source.scope("quant_conv"), 2 * latent, 2 * latent);
  if (source.weights().hasModule("post_quant_conv"))
    postQuantize_.emplace(source.scope("post_quant_conv"), latent, latent);
}

LatentDistribution AutoencoderKL::encode(const ExecutionContext& context, const Tensor& picture,
                                         VaeTiling tiling) const {
  Tensor h = worksInStrips(tiling, picture.dim(2), picture.dim(1)) ? encodeInStrips(context, picture)
                                                                   : encodeLevels(context, picture);
  h = encoder_.middle(context, h);
  h = encoder_.convOut(context, encoder_.normOut(context, h, true));
  if (quantize_) h = (*quantize_)(context, h);

  const int64_t latent = config_.latentChannels;
  const Shape shape{h.dim(0), h.dim(1), h.dim(2), latent};
  LatentDistribution result{Tensor(shape), Tensor(shape)};
  for (int64_t i = 0; i < shape.elementCount(); ++i) {
    const float* pixel = h.data() + i / latent * 2 * latent;
    result.mean[i] = pixel[i % latent];
    result.logVariance[i] = std::clamp(pixel[latent + i % latent], -30.f, 20.f);
  }
  return result;
}

Tensor AutoencoderKL::encodeLevels(const ExecutionContext& context, const Tensor& picture) const {
  Tensor h = encoder_.convIn(context, picture);
  for (const AutoencoderLevel& level : encoder_.levels) {
    for (const ResnetBlock& resnet : level.resnets) h = resnet.consume(context, std::move(h));
    if (level.resample) h = (*level.resample)(context, h);
  }
  return h;
}

Tensor AutoencoderKL::decode(const ExecutionContext& context, const Tensor& latents, VaeTiling tiling) const {
  Tensor h =
      postQuantize_ ? decoder_.convIn(context, (*postQuantize_)(context, latents)) : decoder_.convIn(context, latents);
  h = decoder_.middle(context, h);
  const int factor = config_.factor();
  return worksInStrips(tiling, latents.dim(2) * factor, latents.dim(1) * factor) ? decodeInStrips(context, std::move(h))
                                                                                 : decodeLevels(context, std::move(h));
}

Tensor AutoencoderKL::decodeLevels(const ExecutionContext& context, Tensor middle) const {
  Tensor h = std::move(middle);
  for (const AutoencoderLevel& level : decoder_.levels) {
    for (const ResnetBlock& resnet : level.resnets) h = resnet.consume(context, std::move(h));
    if (level.resample)
      h = (*level.resample)(context, h, {.enlargedHeight = 2 * h.dim(1), .enlargedWidth = 2 * h.dim(2)});
  }
  decoder_.normOut.inPlace(context, h, true);
  return decoder_.convOut(context, h);
}

}  // namespace lorikeet
