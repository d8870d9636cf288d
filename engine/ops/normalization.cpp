#include "ops/normalization.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "ops/kernels.h"

namespace lorikeet {
namespace {

constexpr int64_t kRowsPerBlock = 64;

/// Sums of one part of a feature map in blocks: [image][block][2][channels], plus the shift, the image's first row.
struct PartMoments {
  const FeatureMap::Part& part;
  int64_t rows;    ///< per image
  int64_t blocks;  ///< per image
  Tensor sums;

  const float* shift(int64_t image) const { return part.data + image * rows * part.channels; }
  float* blockSums(int64_t image, int64_t block) { return sums.data() + (image * blocks + block) * 2 * part.channels; }

  void addBlock(int64_t image, int64_t block) {
    float* to = blockSums(image, block);
    std::memset(to, 0, 2 * part.channels * sizeof(float));
    const int64_t first = block * kRowsPerBlock;
    kernels().momentsRows(shift(image) + first * part.channels, std::min(kRowsPerBlock, rows - first), part.channels,
                          part.channels, shift(image), to, to + part.channels);
  }

  /// Mean and sum of squared deviations of one channel.
  void channelMoments(int64_t image, int64_t channel, double& mean, double& deviation) {
    double sum = 0, square = 0;
    for (int64_t block = 0; block < blocks; ++block) {
      const float* from = blockSums(image, block);
      sum += from[channel];
      square += from[part.channels + channel];
    }
    const double n = static_cast<double>(rows);
    mean = shift(image)[channel] + sum / n;
    deviation = std::max(0.0, square - sum * sum / n);
  }
};

/// Turns channel moments into y = (x - center) * scale + beta. The difference is taken first: x * scale + offset would
/// cancel where a group's values are far from zero or nearly equal.
void groupAffine(const std::vector<double>& means, const std::vector<double>& deviations, int64_t rows, int groups,
                 const float* gamma, float epsilon, float* center, float* scale) {
  const int64_t channels = static_cast<int64_t>(means.size()), size = channels / groups;
  for (int64_t begin = 0; begin < channels; begin += size) {
    double mean = 0, deviation = 0;
    for (int64_t c = begin; c < begin + size; ++c) mean += means[c];
    mean /= static_cast<double>(size);
    for (int64_t c = begin; c < begin + size; ++c) {
      const double difference = means[c] - mean;
      deviation += deviations[c] + difference * difference * static_cast<double>(rows);
    }
    const double rate = 1.0 / std::sqrt(deviation / static_cast<double>(size * rows) + epsilon);
    for (int64_t c = begin; c < begin + size; ++c) {
      center[c] = static_cast<float>(mean);
      scale[c] = static_cast<float>(gamma[c] * rate);
    }
  }
}

/// y may be the memory of x, where that has one part.
void applyAffine(const ExecutionContext& context, const FeatureMap& x, const Tensor& affine, const float* beta,
                 bool silu, float* y) {
  const int64_t rows = x.height() * x.width(), channels = x.channels();
  const int64_t blocks = (rows + kRowsPerBlock - 1) / kRowsPerBlock;
  context.parallelFor(x.images() * blocks, [&](int64_t index, int) {
    const int64_t image = index / blocks, first = index % blocks * kRowsPerBlock;
    const int64_t count = std::min(kRowsPerBlock, rows - first);
    const float* center = affine.data() + image * 2 * channels;
    int64_t channel = 0;
    for (int p = 0; p < x.partCount(); ++p) {
      const FeatureMap::Part& part = x.part(p);
      kernels().affineRows(part.data + (image * rows + first) * part.channels, part.channels,
                           y + (image * rows + first) * channels + channel, channels, count, part.channels,
                           center + channel, center + channels + channel, beta + channel, silu);
      channel += part.channels;
    }
  });
}

}  // namespace

Tensor groupAffines(const ExecutionContext& context, const FeatureMap& x, int groups, const float* gamma,
                    float epsilon) {
  const int64_t rows = x.height() * x.width(), channels = x.channels(), images = x.images();
  const int64_t blocks = (rows + kRowsPerBlock - 1) / kRowsPerBlock;
  CHECK(channels % groups == 0);
  std::vector<PartMoments> moments;
  for (int p = 0; p < x.partCount(); ++p)
    moments.push_back({x.part(p), rows, blocks, Tensor({images * blocks * 2 * x.part(p).channels})});
  context.parallelFor(images * blocks, [&](int64_t index, int) {
    for (PartMoments& part : moments) part.addBlock(index / blocks, index % blocks);
  });

  Tensor affine({images, 2, channels});
  context.parallelFor(images, [&](int64_t image, int) {
    std::vector<double> means, deviations;
    for (PartMoments& part : moments)
      for (int64_t c = 0; c < part.part.channels; ++c) {
        means.emplace_back();
        deviations.emplace_back();
        part.channelMoments(image, c, means.back(), deviations.back());
      }
    float* center = affine.data() + image * 2 * channels;
    groupAffine(means, deviations, rows, groups, gamma, epsilon, center, center + channels);
  });
  return affine;
}

Tensor groupNorm(const ExecutionContext& context, const FeatureMap& x, int groups, const float* gamma,
                 const float* beta, float epsilon, bool silu) {
  const ProfileScope profile(context.profiler(), "group norm");
  const Tensor affine = groupAffines(context, x, groups, gamma, epsilon);
  Tensor y({x.images(), x.height(), x.width(), x.channels()});
  applyAffine(context, x, affine, beta, silu, y.data());
  return y;
}

void groupNormInPlace(const ExecutionContext& context, Tensor& x, int groups, const float* gamma, const float* beta,
                      float epsilon, bool silu) {
  const ProfileScope profile(context.profiler(), "group norm");
  applyAffine(context, x, groupAffines(context, x, groups, gamma, epsilon), beta, silu, x.data());
}

ChannelMoments::ChannelMoments(int64_t channels)
    : sums_(static_cast<size_t>(channels)), squares_(static_cast<size_t>(channels)) {}

void ChannelMoments::add(const ExecutionContext& context, const Tensor& piece) {
  const ProfileScope profile(context.profiler(), "group norm");
  const int64_t channels = this->channels(), rows = static_cast<int64_t>(piece.size()) / channels;
  if (shift_.empty()) shift_.assign(piece.data(), piece.data() + channels);
  const int64_t blocks = (rows + kRowsPerBlock - 1) / kRowsPerBlock;
  Tensor sums = Tensor::zeros({blocks, 2, channels});
  context.parallelFor(blocks, [&](int64_t block, int) {
    const int64_t first = block * kRowsPerBlock;
    float* to = sums.data() + block * 2 * channels;
    kernels().momentsRows(piece.data() + first * channels, std::min(kRowsPerBlock, rows - first), channels, channels,
                          shift_.data(), to, to + channels);
  });
  for (int64_t block = 0; block < blocks; ++block) {
    const float* from = sums.data() + block * 2 * channels;
    for (int64_t c = 0; c < channels; ++c) {
      sums_[c] += from[c];
      squares_[c] += from[channels + c];
    }
  }
  pixels_ += rows;
}

ChannelMoments::Affine ChannelMoments::affine(int groups, const float* gamma, float epsilon) const {
  const auto n = static_cast<double>(pixels_);
  std::vector<double> means(sums_.size()), deviations(sums_.size());
  for (size_t c = 0; c < sums_.size(); ++c) {
    means[c] = shift_[c] + sums_[c] / n;
    deviations[c] = std::max(0.0, squares_[c] - sums_[c] * sums_[c] / n);
  }
  Affine result{std::vector<float>(sums_.size()), std::vector<float>(sums_.size())};
  groupAffine(means, deviations, pixels_, groups, gamma, epsilon, result.center.data(), result.scale.data());
  return result;
}

void affineInPlace(const ExecutionContext& context, Tensor& x, const ChannelMoments::Affine& affine, const float* beta,
                   bool silu) {
  const ProfileScope profile(context.profiler(), "group norm");
  const int64_t channels = x.dim(-1), rows = static_cast<int64_t>(x.size()) / channels;
  context.parallelBlocks(rows, kRowsPerBlock, [&](int64_t begin, int64_t end) {
    float* values = x.data() + begin * channels;
    kernels().affineRows(values, channels, values, channels, end - begin, channels,
                         affine.center.data(), affine.scale.data(), beta, silu);
  });
}

Tensor layerNorm(const ExecutionContext& context, const Tensor& x, const float* gamma, const float* beta,
                 float epsilon) {
  const ProfileScope profile(context.profiler(), "layer norm");
  const int64_t channels = x.dim(-1), rows = static_cast<int64_t>(x.size()) / channels;
  Tensor y(x.shape());
  context.parallelBlocks(rows, kRowsPerBlock, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r)
      kernels().layerNormRow(x.data() + r * channels, y.data() + r * channels, channels, gamma, beta, epsilon);
  });
  return y;
}

}  // namespace lorikeet
