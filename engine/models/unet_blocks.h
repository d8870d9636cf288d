#pragma once
#include <optional>
#include <vector>

#include "models/unet_config.h"
#include "nn/resnet_block.h"
#include "nn/transformer_2d.h"

namespace lorikeet {

/// What every block of a UNet looks at besides its feature map.
struct BlockInputs {
  const Tensor& activatedTime;  ///< SiLU(time embedding), [N, timeChannels]
  const Tensor& text;           ///< [N, T, contextWidth]
};

/// CrossAttnDownBlock2D and DownBlock2D: resnets, each followed by a transformer where the level has attention, then a
/// convolution that halves the map (not on the coarsest level).
class DownBlock {
 public:
  DownBlock(const LayerSource& source, const UNetConfig& config, size_t level);
  /// Reads skips.back() and appends every intermediate map, the last one being the block's result.
  void operator()(const ExecutionContext& context, std::vector<Tensor>& skips, const BlockInputs& inputs) const;

 private:
  std::vector<ResnetBlock> resnets_;
  std::vector<Transformer2d> attentions_;
  std::optional<Conv2d> downsampler_;
};

/// UNetMidBlock2DCrossAttn (or without attention): resnet, transformer, resnet.
class MidBlock {
 public:
  MidBlock(const LayerSource& source, const UNetConfig& config);
  Tensor operator()(const ExecutionContext& context, const Tensor& x, const BlockInputs& inputs) const;

 private:
  ResnetBlock first_;
  std::optional<Transformer2d> attention_;
  ResnetBlock second_;
};

/// CrossAttnUpBlock2D and UpBlock2D: resnets that take a skip connection beside their input, then a nearest-neighbour
/// enlargement with a convolution (not on the finest level).
class UpBlock {
 public:
  UpBlock(const LayerSource& source, const UNetConfig& config, size_t level);
  /// Takes its skips from the end. The enlargement goes to the size of the next skip, which may be odd.
  /// beforeLastLayer, if not null, receives a copy of what enters the last layer.
  Tensor operator()(const ExecutionContext& context, Tensor x, std::vector<Tensor>& skips, const BlockInputs& inputs,
                    Tensor* beforeLastLayer = nullptr) const;
  /// The last resnet and transformer alone.
  Tensor lastLayer(const ExecutionContext& context, const Tensor& x, const Tensor& skip,
                   const BlockInputs& inputs) const;

 private:
  Tensor layer(const ExecutionContext& context, size_t index, const Tensor& x, const Tensor& skip,
               const BlockInputs& inputs) const;

  std::vector<ResnetBlock> resnets_;
  std::vector<Transformer2d> attentions_;
  std::optional<Conv2d> upsampler_;
};

}  // namespace lorikeet
