#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "nn/conv2d.h"
#include "nn/norms.h"

namespace lorikeet {

/// The decoder of a tiny autoencoder (TAESD; github.com/madebyollin/taesd, diffusers' AutoencoderTiny): a picture from
/// latents in a fraction of the full decoder's time, for previews and drafts. Reads TAESD's own names
/// ("3.conv.0.weight", also below "decoder.") and diffusers' ("decoder.layers.2.conv.0.weight"), with or without a
/// global-statistics branch in the middle blocks.
class AutoencoderTinyDecoder {
 public:
  /// Throws Error(NotFound | Mismatch | Unsupported | Corrupt).
  AutoencoderTinyDecoder(const ExecutionContext& context, const WeightStore& weights);
  /// latents as the UNet sees them (scaled), [N, h, w, latentChannels] -> [N, 8h, 8w, 3] in [-1, 1], not clamped.
  Tensor operator()(const ExecutionContext& context, const Tensor& latents) const;
  int64_t latentChannels() const { return latentChannels_; }

  /// Pixels per latent.
  static constexpr int kFactor = 8;
  /// Latent channels and the width of all layers, from the weights alone. Throws as the constructor.
  struct Size {
    int64_t latentChannels, channels;
  };
  static Size sizeOf(const WeightStore& weights);

 private:
  /// Three convolutions with ReLU around a skip connection.
  class Block {
   public:
    Block(const LayerSource& source, int64_t channels);
    Tensor operator()(const ExecutionContext& context, Tensor x) const;

   private:
    struct Pool {
      Conv2d widen;
      GroupNorm norm;
      Conv2d narrow;
    };
    std::optional<Pool> pool_;
    Conv2d first_, second_, third_;
  };
  /// Blocks of one resolution and the convolution behind their enlargement.
  struct Level {
    std::vector<Block> blocks;
    std::optional<Conv2d> enlarge;
  };

  AutoencoderTinyDecoder(const LayerSource& source, const Size& size, int firstLayer);
  int64_t latentChannels_;
  std::shared_ptr<ParameterTable> parameters_;
  Conv2d convIn_;
  std::vector<Level> levels_;
  std::optional<Conv2d> convOut_;
};

}  // namespace lorikeet
