#pragma once
#include <initializer_list>

#include "core/noise_generator.h"
#include "core/tensor.h"
#include "schedulers/scheduler_config.h"

namespace lorikeet {

/// One term of a weighted sum of latents.
struct Term {
  double factor;
  const Tensor& tensor;
};

/// factor * tensor summed over the terms, in double, rounded once. All shapes are equal.
Tensor weightedSum(std::initializer_list<Term> terms);

/// Latents of standard normal noise, drawn with one call of the generator.
Tensor drawNoise(NoiseGenerator& generator, const Shape& shape);

/// The clean latents that a prediction means for x = alpha * original + sigma * noise.
Tensor originalFromPrediction(PredictionType type, const Tensor& prediction, const Tensor& x, double alpha,
                              double sigma);
/// The noise that a prediction means, likewise.
Tensor noiseFromPrediction(PredictionType type, const Tensor& prediction, const Tensor& x, double alpha, double sigma);

/// Dynamic thresholding (arXiv 2205.11487) or clipping of clean latents, as the configuration says.
void limitOriginal(Tensor& original, const SchedulerConfig& config, bool clipSample);

}  // namespace lorikeet
