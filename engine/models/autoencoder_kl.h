#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "lorikeet/request.h"
#include "nn/conv2d.h"
#include "nn/norms.h"
#include "nn/resnet_block.h"

namespace lorikeet {

/// The architecture of an AutoencoderKL.
struct AutoencoderConfig {
  std::vector<int64_t> channels;  ///< of every level, from pictures to latents
  int layers = 2;                 ///< resnet blocks a level in the encoder; one more in the decoder
  int64_t latentChannels = 4;
  int normGroups = 32;
  double scalingFactor = 0.18215;
  double shiftFactor = 0;
  bool hasMidAttention = true;

  /// Pixels per latent.
  int factor() const { return 1 << (channels.size() - 1); }
  /// Throws Error(Unsupported | Corrupt).
  static AutoencoderConfig fromJson(const nlohmann::json& config, const std::string& source);
  /// From tensor shapes, with SD 1.x's scaling factor.
  static AutoencoderConfig fromWeights(const WeightScope& weights);
};

/// Self-attention over the pixels in the middle of the autoencoder: one head as wide as the map has channels.
class AutoencoderAttention {
 public:
  AutoencoderAttention(const LayerSource& source, int64_t channels, int normGroups);
  Tensor operator()(const ExecutionContext& context, const Tensor& x) const;

 private:
  GroupNorm norm_;
  Linear query_, key_, value_, output_;
};

/// Resnet, attention, resnet.
class AutoencoderMiddle {
 public:
  AutoencoderMiddle(const LayerSource& source, int64_t channels, const AutoencoderConfig& config);
  Tensor operator()(const ExecutionContext& context, const Tensor& x) const;

 private:
  ResnetBlock first_;
  std::optional<AutoencoderAttention> attention_;
  ResnetBlock second_;
};

/// One resolution: resnets, then a change of size (optional).
struct AutoencoderLevel {
  std::vector<ResnetBlock> resnets;
  std::optional<Conv2d> resample;
};

/// Whether pictures of that size are worked on in strips.
bool worksInStrips(VaeTiling tiling, int64_t width, int64_t height);

/// The mean and log variance of a picture's latents, each [N, h, w, latentChannels].
struct LatentDistribution {
  Tensor mean;
  Tensor logVariance;  ///< clamped to [-30, 20]
};

/// diffusers' AutoencoderKL between pictures [N, H, W, 3] in [-1, 1] and unscaled latents [N, H/8, W/8, 4]
/// (channels-last; the scaling factor is applied by the pipeline).
class AutoencoderKL {
 public:
  AutoencoderKL(const ExecutionContext& context, const WeightStore& weights, const AutoencoderConfig& config,
                WeightStorage storage = WeightStorage::AsInFile);
  /// Both work in strips of rows where `tiling` says so: group norms have the statistics of the whole map, so that the
  /// result has no seams, but maps are kept as f16 between layers.
  LatentDistribution encode(const ExecutionContext& context, const Tensor& picture,
                            VaeTiling tiling = VaeTiling::Never) const;
  Tensor decode(const ExecutionContext& context, const Tensor& latents, VaeTiling tiling = VaeTiling::Never) const;
  const AutoencoderConfig& config() const { return config_; }
  ParameterTable& parameters() const { return *parameters_; }

 private:
  AutoencoderKL(const LayerSource& source, const AutoencoderConfig& config);
  Tensor encodeLevels(const ExecutionContext& context, const Tensor& picture) const;
  Tensor encodeInStrips(const ExecutionContext& context, const Tensor& picture) const;
  Tensor decodeLevels(const ExecutionContext& context, Tensor middle) const;
  Tensor decodeInStrips(const ExecutionContext& context, Tensor middle) const;
  struct Encoder {
    Encoder(const LayerSource& source, const AutoencoderConfig& config);
    Conv2d convIn;
    std::vector<AutoencoderLevel> levels;
    AutoencoderMiddle middle;
    GroupNorm normOut;
    Conv2d convOut;
  };
  struct Decoder {
    Decoder(const LayerSource& source, const AutoencoderConfig& config);
    Conv2d convIn;
    AutoencoderMiddle middle;
    std::vector<AutoencoderLevel> levels;
    GroupNorm normOut;
    Conv2d convOut;
  };
  AutoencoderConfig config_;
  std::shared_ptr<ParameterTable> parameters_;
  Encoder encoder_;
  std::optional<Linear> quantize_;
  std::optional<Linear> postQuantize_;
  Decoder decoder_;
};

}  // namespace lorikeet
