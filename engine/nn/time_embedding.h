#pragma once
#include <span>

#include "nn/linear.h"

namespace lorikeet {

/// Sinusoids of timesteps (diffusers' get_timestep_embedding): [count, width], cosines first if flipSinToCos.
Tensor timestepSinusoids(std::span<const float> timesteps, int64_t width, bool flipSinToCos, double frequencyShift);

/// Sinusoids, linear, SiLU, linear: the time embedding of a UNet.
class TimeEmbedding {
 public:
  TimeEmbedding(const LayerSource& source, int64_t sinusoidWidth, int64_t width, bool flipSinToCos,
                double frequencyShift);
  /// [timesteps.size(), width]
  Tensor operator()(const ExecutionContext& context, std::span<const float> timesteps) const;

 private:
  int64_t sinusoidWidth_;
  bool flipSinToCos_;
  double frequencyShift_;
  Linear first_;
  Linear second_;
};

}  // namespace lorikeet
