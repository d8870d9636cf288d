#include "nn/time_embedding.h"

#include <cmath>

namespace lorikeet {

Tensor timestepSinusoids(std::span<const float> timesteps, int64_t width, bool flipSinToCos, double frequencyShift) {
  Tensor y = Tensor::zeros({static_cast<int64_t>(timesteps.size()), width});
  const int64_t half = width / 2;
  for (size_t row = 0; row < timesteps.size(); ++row) {
    for (int64_t i = 0; i < half; ++i) {
      const double exponent =
          -std::log(10000.0) * static_cast<double>(i) / (static_cast<double>(half) - frequencyShift);
      const double angle = static_cast<double>(timesteps[row]) * static_cast<float>(std::exp(exponent));
      float* to = y.data() + row * width;
      to[flipSinToCos ? half + i : i] = static_cast<float>(std::sin(angle));
      to[flipSinToCos ? i : half + i] = static_cast<float>(std::cos(angle));
    }
  }
  return y;
}

TimeEmbedding::TimeEmbedding(const LayerSource& source, int64_t sinusoidWidth, int64_t width, bool flipSinToCos,
                             double frequencyShift)
    : sinusoidWidth_(sinusoidWidth),
      flipSinToCos_(flipSinToCos),
      frequencyShift_(frequencyShift),
      first_(source.scope("linear_1"), sinusoidWidth, width),
      second_(source.scope("linear_2"), width, width) {}

Tensor TimeEmbedding::operator()(const ExecutionContext& context, std::span<const float> timesteps) const {
  const Tensor sinusoids = timestepSinusoids(timesteps, sinusoidWidth_, flipSinToCos_, frequencyShift_);
  return second_(context, first_(context, sinusoids, {.activation = Activation::Silu}));
}

}  // namespace lorikeet
