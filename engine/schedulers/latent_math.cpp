#include "schedulers/latent_math.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/check.h"

namespace lorikeet {
namespace {

/// torch.quantile with linear interpolation.
float quantile(std::vector<float> values, double q) {
  std::sort(values.begin(), values.end());
  const double rank = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<size_t>(rank);
  const size_t high = std::min(low + 1, values.size() - 1);
  const double weight = rank - static_cast<double>(low);
  return static_cast<float>(values[low] + weight * (static_cast<double>(values[high]) - values[low]));
}

}  // namespace

Tensor weightedSum(std::initializer_list<Term> terms) {
  CHECK(terms.size() > 0);
  Tensor result(terms.begin()->tensor.shape());
  for (const Term& term : terms) CHECK(term.tensor.shape() == result.shape());
  for (size_t i = 0; i < result.size(); ++i) {
    double sum = 0;
    for (const Term& term : terms) sum += term.factor * term.tensor[i];
    result[i] = static_cast<float>(sum);
  }
  return result;
}

Tensor drawNoise(NoiseGenerator& generator, const Shape& shape) {
  Tensor noise(shape);
  generator.normal(noise.values());
  return noise;
}

Tensor originalFromPrediction(PredictionType type, const Tensor& prediction, const Tensor& x, double alpha,
                              double sigma) {
  switch (type) {
    case PredictionType::Epsilon:
      return weightedSum({{1 / alpha, x}, {-sigma / alpha, prediction}});
    case PredictionType::VPrediction: {
      const double variance = alpha * alpha + sigma * sigma;
      return weightedSum({{alpha / variance, x}, {-sigma / std::sqrt(variance), prediction}});
    }
    case PredictionType::Sample:
      break;
  }
  return prediction.clone();
}

Tensor noiseFromPrediction(PredictionType type, const Tensor& prediction, const Tensor& x, double alpha, double sigma) {
  switch (type) {
    case PredictionType::Sample:
      return weightedSum({{1 / sigma, x}, {-alpha / sigma, prediction}});
    case PredictionType::VPrediction: {
      const double variance = alpha * alpha + sigma * sigma;
      return weightedSum({{sigma / variance, x}, {alpha / std::sqrt(variance), prediction}});
    }
    case PredictionType::Epsilon:
      break;
  }
  return prediction.clone();
}

void limitOriginal(Tensor& original, const SchedulerConfig& config, bool clipSample) {
  if (config.thresholding) {
    std::vector<float> magnitudes;
    for (const float value : original.values()) magnitudes.push_back(std::fabs(value));
    const float percentile = quantile(std::move(magnitudes), config.dynamicThresholdingRatio);
    // As torch.clamp: with a maximum below 1 the maximum wins.
    const float limit = std::min(std::max(percentile, 1.0f), static_cast<float>(config.sampleMaxValue));
    for (float& value : original.values()) value = std::clamp(value, -limit, limit) / limit;
  } else if (clipSample) {
    const auto range = static_cast<float>(config.clipSampleRange);
    for (float& value : original.values()) value = std::clamp(value, -range, range);
  }
}

}  // namespace lorikeet
