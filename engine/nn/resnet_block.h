#pragma once
#include <optional>

#include "nn/conv2d.h"
#include "nn/linear.h"
#include "nn/norms.h"
#include "nn/stored_map.h"

namespace lorikeet {

/// diffusers' ResnetBlock2D: norm, SiLU, convolution (+ time embedding), norm, SiLU, convolution, + shortcut.
class ResnetBlock {
 public:
  /// timeChannels 0: without a time embedding (autoencoder).
  ResnetBlock(const LayerSource& source, int64_t inputs, int64_t outputs, int64_t timeChannels, int normGroups,
              float epsilon);
  /// x [N, H, W, inputs], activatedTime = SiLU(time embedding) [N, timeChannels] -> [N, H, W, outputs].
  Tensor operator()(const ExecutionContext& context, const FeatureMap& x, const Tensor* activatedTime) const;
  /// The same without a time embedding; works in the memory of x where it can.
  Tensor consume(const ExecutionContext& context, Tensor x) const;
  /// The same without a time embedding for a map that is looked at in strips: exact statistics, two kept maps at most.
  std::unique_ptr<StoredMap> inStrips(const ExecutionContext& context, const MapRows& x) const;

 private:
  GroupNorm norm1_;
  Conv2d conv1_;
  std::optional<Linear> timeProjection_;
  GroupNorm norm2_;
  Conv2d conv2_;
  std::optional<Conv2d> shortcut_;
};

}  // namespace lorikeet
