#include "pipeline/latent_resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace lorikeet {
namespace {

/// The samples of one axis that make up one result, with their weights.
struct LatentTaps {
  std::array<int64_t, 4> at{};
  std::array<double, 4> weight{};
};

std::array<double, 4> cubicWeights(double t) {
  constexpr double a = -0.75;
  const auto near = [](double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
  const auto far = [](double x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
  return {far(t + 1), near(t), near(1 - t), far(2 - t)};
}

std::vector<LatentTaps> tapsOf(UpscaleMethod method, int64_t from, int64_t to, bool wraps) {
  const auto inside = [&](int64_t at) {
    return wraps ? (at % from + from) % from : std::clamp<int64_t>(at, 0, from - 1);
  };
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  std::vector<LatentTaps> taps(static_cast<size_t>(to));
  for (int64_t i = 0; i < to; ++i) {
    LatentTaps& tap = taps[static_cast<size_t>(i)];
    if (method == UpscaleMethod::LatentNearest) {
      tap.at.fill(std::min(from - 1, static_cast<int64_t>(static_cast<double>(i) * scale)));
      tap.weight = {1, 0, 0, 0};
      continue;
    }
    double position = (static_cast<double>(i) + 0.5) * scale - 0.5;
    if (method == UpscaleMethod::Latent && !wraps) position = std::max(position, 0.0);
    const double floor = std::floor(position), share = position - floor;
    for (int64_t k = 0; k < 4; ++k) tap.at[k] = inside(static_cast<int64_t>(floor) + k - 1);
    tap.weight =
        method == UpscaleMethod::LatentBicubic ? cubicWeights(share) : std::array<double, 4>{0, 1 - share, share, 0};
  }
  return taps;
}

}  // namespace

Tensor resizeLatents(const Tensor& latents, UpscaleMethod method, int64_t height, int64_t width, Wrap wrap) {
  CHECK(isLatent(method) && latents.dim(0) == 1);
  const int64_t fromHeight = latents.dim(2), fromWidth = latents.dim(3);
  const std::vector<LatentTaps> down = tapsOf(method, fromHeight, height, wrap.y);
  const std::vector<LatentTaps> across = tapsOf(method, fromWidth, width, wrap.x);
  Tensor result({1, latents.dim(1), height, width});
  float* out = result.data();
  for (int64_t c = 0; c < latents.dim(1); ++c) {
    const float* plane = latents.data() + c * fromHeight * fromWidth;
    for (const LatentTaps& y : down) {
      for (const LatentTaps& x : across) {
        double sum = 0;
        for (size_t i = 0; i < 4; ++i)
          for (size_t j = 0; j < 4; ++j) sum += y.weight[i] * x.weight[j] * plane[y.at[i] * fromWidth + x.at[j]];
        *out++ = static_cast<float>(sum);
      }
    }
  }
  return result;
}

}  // namespace lorikeet
