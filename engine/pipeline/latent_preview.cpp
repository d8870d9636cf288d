#include "pipeline/latent_preview.h"

#include <algorithm>
#include <cmath>

#include "core/noise_generator.h"
#include "imaging/tensor_image.h"

namespace lorikeet {
namespace {

/// Sides of the patch for the first fit, and of its flat areas: real latents vary slowly.
constexpr int64_t kPatch = 12;
constexpr int64_t kFlat = 3;
/// Keeps the equations solvable where a channel hardly varies; relative to the number of samples.
constexpr double kRidge = 1e-4;

using Row = std::vector<double>;

/// Solves A x = b for several right-hand sides by elimination with pivoting; A is small and positive definite.
void solve(std::vector<Row>& a, std::vector<std::array<double, 3>>& b) {
  const size_t n = a.size();
  for (size_t i = 0; i < n; ++i) {
    size_t pivot = i;
    for (size_t r = i + 1; r < n; ++r)
      if (std::abs(a[r][i]) > std::abs(a[pivot][i])) pivot = r;
    std::swap(a[i], a[pivot]);
    std::swap(b[i], b[pivot]);
    for (size_t r = 0; r < n; ++r) {
      if (r == i) continue;
      const double factor = a[r][i] / a[i][i];
      for (size_t c = i; c < n; ++c) a[r][c] -= factor * a[i][c];
      for (int c = 0; c < 3; ++c) b[r][c] -= factor * b[i][c];
    }
  }
  for (size_t i = 0; i < n; ++i)
    for (int c = 0; c < 3; ++c) b[i][c] /= a[i][i];
}

/// Mean colour in 0..255 of the cell of pixels that a latent stands for.
std::array<double, 3> cellMean(const Image& picture, int64_t cellX, int64_t cellY, int64_t factor) {
  std::array<double, 3> sum{};
  for (int64_t y = cellY * factor; y < (cellY + 1) * factor; ++y)
    for (int64_t x = cellX * factor; x < (cellX + 1) * factor; ++x)
      for (int c = 0; c < 3; ++c) sum[c] += picture.pixels[(y * picture.width + x) * 3 + c];
  for (double& v : sum) v /= static_cast<double>(factor * factor);
  return sum;
}

}  // namespace

LatentPreview::LatentPreview(const ExecutionContext& context, const AutoencoderKL& vae)
    : channels_(vae.config().latentChannels), weights_(channels_ + 1) {
  std::vector<float> noise(static_cast<size_t>(channels_ * kPatch * kPatch));
  makeNoiseGenerator(NoiseSource::Numpy, 0)->normal(noise);
  Tensor latents({1, channels_, kPatch, kPatch});
  for (int64_t c = 0; c < channels_; ++c)
    for (int64_t y = 0; y < kPatch; ++y)
      for (int64_t x = 0; x < kPatch; ++x)
        latents[(c * kPatch + y) * kPatch + x] = noise[(c * kPatch + y / kFlat) * kPatch + x / kFlat];
  Tensor unscaled = toChannelsLast(latents);
  for (float& v : unscaled.values()) v = static_cast<float>(v / vae.config().scalingFactor + vae.config().shiftFactor);
  fit(latents, tensorToImage(vae.decode(context, unscaled)));
}

void LatentPreview::fit(const Tensor& latents, const Image& picture) {
  const int64_t height = latents.dim(2), width = latents.dim(3), factor = picture.width / width;
  CHECK(latents.dim(1) == channels_ && picture.height == height * factor);
  const size_t n = weights_.size();
  std::vector<Row> normal(n, Row(n));
  std::vector<std::array<double, 3>> right(n);
  Row row(n, 1.0);
  for (int64_t cell = 0; cell < height * width; ++cell) {
    for (int64_t c = 0; c < channels_; ++c) row[c] = latents[c * height * width + cell];
    const std::array<double, 3> colour = cellMean(picture, cell % width, cell / width, factor);
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) normal[i][j] += row[i] * row[j];
      for (int c = 0; c < 3; ++c) right[i][c] += row[i] * colour[c];
    }
  }
  for (size_t i = 0; i < n; ++i) normal[i][i] += kRidge * static_cast<double>(height * width);
  solve(normal, right);
  const bool finite = std::all_of(right.begin(), right.end(), [](const auto& rgb) {
    return std::isfinite(rgb[0]) && std::isfinite(rgb[1]) && std::isfinite(rgb[2]);
  });
  if (finite) weights_ = right;
}

Image LatentPreview::operator()(const Tensor& latents) const {
  const int64_t height = latents.dim(2), width = latents.dim(3), plane = height * width;
  Image image = Image::create(static_cast<int>(width), static_cast<int>(height));
  for (int64_t p = 0; p < plane; ++p)
    for (int c = 0; c < 3; ++c) {
      double value = weights_.back()[c];
      for (int64_t k = 0; k < channels_; ++k) value += weights_[k][c] * latents[k * plane + p];
      image.pixels[p * 3 + c] = static_cast<uint8_t>(std::isfinite(value) ? std::clamp(value + 0.5, 0.0, 255.0) : 0.0);
    }
  return image;
}

}  // namespace lorikeet
