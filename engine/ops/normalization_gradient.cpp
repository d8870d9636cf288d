#include "ops/normalization_gradient.h"

#include <algorithm>
#include <vector>

#include "ops/kernels.h"
#include "ops/normalization.h"

namespace lorikeet {
namespace {

constexpr int64_t kGradientRows = 64;

/// The way back through one image's group norm, in blocks of rows whose sums are added in order.
struct GroupNormBackward {
  const Tensor& x;
  const Tensor& gradient;
  int groups;
  int64_t rows, channels, blocks;
  Tensor sums;   ///< [N * blocks][2][C]
  Tensor means;  ///< [N][2][C]

  void addBlock(int64_t index, const NormBackward& norm) {
    float* to = sums.data() + index * 2 * channels;
    std::fill_n(to, 2 * channels, 0.F);
    const int64_t first = index % blocks * kGradientRows, offset = (index / blocks * rows + first) * channels;
    kernels().normBackwardSums(x.data() + offset, gradient.data() + offset, std::min(kGradientRows, rows - first),
                               channels, norm, to, to + channels);
  }

  void finish(int64_t image) {
    const int64_t size = channels / groups;
    for (int which = 0; which < 2; ++which) {
      for (int64_t begin = 0; begin < channels; begin += size) {
        double sum = 0;
        for (int64_t block = 0; block < blocks; ++block) {
          const float* from = sums.data() + ((image * blocks + block) * 2 + which) * channels;
          for (int64_t c = begin; c < begin + size; ++c) sum += from[c];
        }
        const auto mean = static_cast<float>(sum / static_cast<double>(size * rows));
        std::fill_n(means.data() + (image * 2 + which) * channels + begin, size, mean);
      }
    }
  }
};

}  // namespace

Tensor groupNormGradient(const ExecutionContext& context, const Tensor& x, int groups, const float* gamma,
                         const float* beta, float epsilon, bool silu, const Tensor& gradient) {
  CHECK(x.shape() == gradient.shape());
  const ProfileScope profile(context.profiler(), "group norm gradient");
  const int64_t images = x.dim(0), rows = x.dim(1) * x.dim(2), channels = x.dim(3);
  const int64_t blocks = (rows + kGradientRows - 1) / kGradientRows;
  const std::vector<float> ones(static_cast<size_t>(channels), 1.F);
  const Tensor affine = groupAffines(context, x, groups, ones.data(), epsilon);
  GroupNormBackward back{x,
                         gradient,
                         groups,
                         rows,
                         channels,
                         blocks,
                         Tensor({images * blocks, 2, channels}),
                         Tensor({images, 2, channels})};
  const auto normOf = [&](int64_t image) {
    const float* center = affine.data() + image * 2 * channels;
    const float* mean = back.means.data() + image * 2 * channels;
    return NormBackward{center, center + channels, gamma, beta, mean, mean + channels, silu};
  };
  context.parallelFor(images * blocks, [&](int64_t index, int) { back.addBlock(index, normOf(index / blocks)); });
  context.parallelFor(images, [&](int64_t image, int) { back.finish(image); });
  Tensor y(x.shape());
  context.parallelFor(images * blocks, [&](int64_t index, int) {
    const int64_t first = index % blocks * kGradientRows, offset = (index / blocks * rows + first) * channels;
    kernels().normBackwardRows(x.data() + offset, gradient.data() + offset, y.data() + offset,
                               std::min(kGradientRows, rows - first), channels, normOf(index / blocks));
  });
  return y;
}

Tensor layerNormGradient(const ExecutionContext& context, const Tensor& x, const float* gamma, float epsilon,
                         const Tensor& gradient) {
  CHECK(x.size() == gradient.size());
  const ProfileScope profile(context.profiler(), "layer norm gradient");
  const int64_t channels = x.dim(-1), rows = static_cast<int64_t>(x.size()) / channels;
  Tensor y(x.shape());
  context.parallelFor((rows + kGradientRows - 1) / kGradientRows, [&](int64_t block, int) {
    for (int64_t r = block * kGradientRows; r < std::min(rows, (block + 1) * kGradientRows); ++r)
      kernels().layerNormRowBackward(x.data() + r * channels, gradient.data() + r * channels, y.data() + r * channels,
                                     channels, gamma, epsilon);
  });
  return y;
}

}  // namespace lorikeet
