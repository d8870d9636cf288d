#pragma once
#include <filesystem>

#include "models/unet.h"

namespace lorikeet {

/// ControlNetModel (Zhang et al., "Adding Conditional Control to Text-to-Image Diffusion Models", 2023): a copy of a
/// UNet's down path that looks at a control picture and tells what to add to the UNet's skip connections and middle.
class ControlNet {
 public:
  ControlNet(const ExecutionContext& context, const WeightStore& weights, const UNetConfig& config,
             WeightStorage storage = WeightStorage::AsInFile);
  /// A diffusers folder or one file, in diffusers' names or as control_model.*. Throws Error(NotFound | Corrupt |
  /// Unsupported), also for files that hold something else.
  static std::unique_ptr<ControlNet> load(const ExecutionContext& context, const std::filesystem::path& path,
                                          WeightStorage storage = WeightStorage::AsInFile);

  /// The features of a control map [1, 8h, 8w, 3] in [0, 1], once a picture: [1, h, w, C].
  Tensor embed(const ExecutionContext& context, const Tensor& map) const;
  /// sample [N, h, w, 4], text [N, T, contextWidth], embedded [N, h, w, C] -> unscaled residuals.
  ControlResiduals operator()(const ExecutionContext& context, const Tensor& sample, float timestep, const Tensor& text,
                              const Tensor& embedded) const;

  const UNetConfig& config() const { return config_; }
  ParameterTable& parameters() const { return *parameters_; }
  /// Throws Error(Mismatch) unless this network was made for UNets of that architecture; `source` names it.
  void checkFits(const UNetConfig& unet, const std::string& source) const;

 private:
  ControlNet(const LayerSource& source, const UNetConfig& config);

  UNetConfig config_;
  std::shared_ptr<ParameterTable> parameters_;
  Conv2d convIn_;
  TimeEmbedding timeEmbedding_;
  std::vector<Conv2d> hintLayers_;
  std::vector<DownBlock> downBlocks_;
  MidBlock midBlock_;
  std::vector<Linear> downProjections_;  ///< the "zero convolutions", 1x1
  Linear midProjection_;
};

}  // namespace lorikeet
