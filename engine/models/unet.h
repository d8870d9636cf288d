#pragma once
#include <optional>
#include <span>
#include <vector>

#include "models/unet_blocks.h"
#include "models/unet_config.h"
#include "nn/time_embedding.h"

namespace lorikeet {

/// What ControlNets add to a UNet's skip connections and middle, in the order of the down path.
struct ControlResiduals {
  std::vector<Tensor> down;
  Tensor mid;
};

/// UNet2DConditionModel: predicts the noise (or velocity, or picture) in latents at a timestep, given a text.
class UNet {
 public:
  UNet(const ExecutionContext& context, const WeightStore& weights, const UNetConfig& config);

  /// sample [N, h, w, inChannels] channels-last, one timestep for all, text [N, T, contextWidth] ->
  /// [N, h, w, outChannels].
  Tensor operator()(const ExecutionContext& context, const Tensor& sample, float timestep, const Tensor& text,
                    const ControlResiduals* control = nullptr) const;

  const UNetConfig& config() const { return config_; }
  ParameterTable& parameters() const { return *parameters_; }

 private:
  UNet(const LayerSource& source, const UNetConfig& config);

  UNetConfig config_;
  std::shared_ptr<ParameterTable> parameters_;
  Conv2d convIn_;
  TimeEmbedding timeEmbedding_;
  std::vector<DownBlock> downBlocks_;
  MidBlock midBlock_;
  std::vector<UpBlock> upBlocks_;
  GroupNorm normOut_;
  Conv2d convOut_;
};

}  // namespace lorikeet
