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

/// What a call leaves for UNet::outerLayers: the map [N, h, w, C] that enters the last layer of the last block, and
/// what ControlNets added to the first skip connection, empty without.
struct InnerResult {
  Tensor map;
  Tensor control;
};

/// UNet2DConditionModel: predicts the noise (or velocity, or picture) in latents at a timestep, given a text.
class UNet {
 public:
  UNet(const ExecutionContext& context, const WeightStore& weights, const UNetConfig& config,
       WeightStorage storage = WeightStorage::AsInFile);

  /// sample [N, h, w, inChannels] channels-last, one timestep for all, text [N, T, contextWidth] ->
  /// [N, h, w, outChannels]. inner, if not null, receives what outerLayers needs.
  Tensor operator()(const ExecutionContext& context, const Tensor& sample, float timestep, const Tensor& text,
                    const ControlResiduals* control = nullptr, InnerResult* inner = nullptr) const;
  /// The same by the first convolution and the last layer alone, about a tenth of the work, on what an earlier call for
  /// as many rows left ("DeepCache", arXiv 2312.00858, its branch 0).
  Tensor outerLayers(const ExecutionContext& context, const Tensor& sample, float timestep, const Tensor& text,
                     const InnerResult& inner) const;

  const UNetConfig& config() const { return config_; }
  ParameterTable& parameters() const { return *parameters_; }

 private:
  UNet(const LayerSource& source, const UNetConfig& config);
  /// SiLU(time embedding), the same row for each of `rows`.
  Tensor activatedTime(const ExecutionContext& context, float timestep, int64_t rows) const;

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
