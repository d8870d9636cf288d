#pragma once
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "io/weight_store.h"

namespace lorikeet {

/// The architecture of a UNet2DConditionModel (and of the ControlNet that copies its first half).
struct UNetConfig {
  /// One resolution, from fine to coarse.
  struct Level {
    int64_t channels = 0;
    int layers = 2;  ///< resnet blocks on the way down; one more on the way up
    bool hasAttention = false;
    int heads = 8;
    int transformerDepth = 1;
  };
  int64_t inChannels = 4;
  int64_t outChannels = 4;
  std::vector<Level> levels;
  bool midHasAttention = true;
  int64_t contextWidth = 768;
  int normGroups = 32;
  float normEpsilon = 1e-5f;
  bool flipSinToCos = true;
  double frequencyShift = 0;
  /// Latent size that the model was made for, 0 if unknown.
  int64_t sampleSize = 0;
  /// Width of the time embedding; 0: four times the finest level's channels.
  int64_t timeWidth = 0;

  int64_t timeChannels() const { return timeWidth > 0 ? timeWidth : 4 * levels.front().channels; }

  /// From diffusers' config.json. Throws Error(Unsupported) for blocks and options that Lorikeet does not compute, and
  /// Error(Corrupt) for a config that contradicts itself.
  static UNetConfig fromJson(const nlohmann::json& config, const std::string& source);
  /// From the shapes of the tensors, for checkpoints without a config. Head counts do not show in shapes: SD 2's
  /// context width of 1024 means heads of 64 channels, anything else 8 heads.
  static UNetConfig fromWeights(const WeightScope& weights);
};

}  // namespace lorikeet
