#include "pipeline/picture_noise.h"

#include <algorithm>
#include <cmath>

#include "core/portable_math.h"
#include "schedulers/latent_math.h"

namespace lorikeet {
namespace {

/// Columns as parallel as this on average are mixed straight: their angle is too small to divide by.
constexpr double kParallel = 0.9995;

/// Values of one column of the latents.
struct Column {
  const Tensor& latents;
  size_t first;
  size_t stride;
  size_t count;

  double operator[](size_t i) const { return latents[first + i * stride]; }
};

double dot(const Column& a, const Column& b) {
  double sum = 0;
  for (size_t i = 0; i < a.count; ++i) sum += a[i] * b[i];
  return sum;
}

double cosine(const Column& a, const Column& b) {
  const double norms = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
  return norms > 0 ? std::clamp(dot(a, b) / norms, -1.0, 1.0) : 1;
}

}  // namespace

Tensor slerpColumns(const Tensor& from, const Tensor& to, double share) {
  const auto channels = static_cast<size_t>(from.shape()[1]), height = static_cast<size_t>(from.shape()[2]),
             width = static_cast<size_t>(from.shape()[3]);
  const auto column = [&](const Tensor& latents, size_t i) {
    return Column{latents, i / width * height * width + i % width, width, height};
  };
  std::vector<double> cosines(channels * width);
  double sum = 0;
  for (size_t i = 0; i < cosines.size(); ++i) sum += cosines[i] = cosine(column(from, i), column(to, i));
  const bool parallel = sum > kParallel * static_cast<double>(cosines.size());
  Tensor result = from.clone();
  for (size_t i = 0; i < cosines.size(); ++i) {
    const double angle = portableAcos(cosines[i]), sine = portableSin(angle);
    const bool straight = parallel || sine == 0;
    const double a = straight ? 1 - share : portableSin((1 - share) * angle) / sine;
    const double b = straight ? share : portableSin(share * angle) / sine;
    const Column x = column(from, i), y = column(to, i);
    for (size_t k = 0; k < height; ++k) result[x.first + k * x.stride] = static_cast<float>(a * x[k] + b * y[k]);
  }
  return result;
}

PictureNoise::PictureNoise(const GenerateRequest& request, const PictureSeeds& seeds)
    : source_(request.noiseSource),
      seeds_(seeds),
      variation_(request.variation.strength),
      delta_(request.sampling.noiseSeedDelta),
      sequence_(makeNoiseGenerator(source_, seeds.seed)) {}

Tensor PictureNoise::start(const Shape& shape) {
  Tensor noise = drawNoise(*sequence_, shape);
  if (variation_ > 0) {
    const auto other = makeNoiseGenerator(source_, seeds_.variation);
    noise = slerpColumns(noise, drawNoise(*other, shape), variation_);
  }
  if (delta_ != 0) sequence_ = makeNoiseGenerator(source_, seeds_.seed + delta_);
  return noise;
}

}  // namespace lorikeet
