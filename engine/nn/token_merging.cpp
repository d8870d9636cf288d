#include "nn/token_merging.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/kernels.h"
#include "ops/matmul.h"

namespace lorikeet {
namespace {

/// Rows whose likeness to all tokens that stay is computed at a time: the matrix of an image is never whole.
constexpr int64_t kRowsAtATime = 1024;

/// Tokens that one task of a loop works on.
constexpr int64_t kTokensPerBlock = 64;

/// The token of a cell that stays: any would do, but always the same corner would leave a grid in the picture.
int64_t cornerOf(int64_t cellY, int64_t cellX) {
  return static_cast<int64_t>(
      (static_cast<uint64_t>(cellY) * 0x9e3779b97f4a7c15U + static_cast<uint64_t>(cellX) * 0xc2b2ae3d27d4eb4fU) >> 62U);
}

/// Tokens that stay, and those that may be merged into them.
struct Split {
  std::vector<int64_t> kept, others;

  explicit Split(const MapShape& map) {
    for (int64_t y = 0; y < map.height; ++y)
      for (int64_t x = 0; x < map.width; ++x) {
        const int64_t corner = cornerOf(y / 2, x / 2), ownY = corner / 2, ownX = corner % 2;
        // where the map's size is odd, the cell at its edge has no such corner
        const bool isInside = y / 2 * 2 + ownY < map.height && x / 2 * 2 + ownX < map.width;
        const bool isKept = isInside ? y % 2 == ownY && x % 2 == ownX : y % 2 == 0 && x % 2 == 0;
        (isKept ? kept : others).push_back(y * map.width + x);
      }
  }
};

/// The rows of `tokens` of an image, [count, C], of length one.
Tensor unitRows(const ExecutionContext& context, const float* image, std::span<const int64_t> tokens, int64_t width) {
  Tensor rows({static_cast<int64_t>(tokens.size()), width});
  context.parallelBlocks(rows.dim(0), kTokensPerBlock, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float* from = image + tokens[static_cast<size_t>(i)] * width;
      float* to = rows.data() + i * width;
      const double squares = std::inner_product(from, from + width, from, 0.0);
      const auto factor = static_cast<float>(1 / std::sqrt(std::max(squares, 1e-30)));
      for (int64_t c = 0; c < width; ++c) to[c] = from[c] * factor;
    }
  });
  return rows;
}

struct Match {
  float likeness;
  int32_t other;  ///< index among the others
  int32_t kept;   ///< index among those that stay
};

/// For each of the others the token most like it.
std::vector<Match> bestMatches(const ExecutionContext& context, const float* image, const Split& split, int64_t width) {
  const Tensor kept = unitRows(context, image, split.kept, width);
  const PackedWeights columns = PackedWeights::pack(context, kept.shape(), kept.data());
  std::vector<Match> matches(split.others.size());
  const std::span<const int64_t> others(split.others);
  for (size_t first = 0; first < others.size(); first += kRowsAtATime) {
    const auto part = others.subspan(first, std::min<size_t>(kRowsAtATime, others.size() - first));
    const Tensor likeness = matmul(context, unitRows(context, image, part, width), columns);
    context.parallelBlocks(likeness.dim(0), kTokensPerBlock, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const float* row = likeness.data() + i * likeness.dim(1);
        const float* best = std::max_element(row, row + likeness.dim(1));
        const auto other = static_cast<int32_t>(first + static_cast<size_t>(i));
        matches[static_cast<size_t>(other)] = {*best, other, static_cast<int32_t>(best - row)};
      }
    });
  }
  return matches;
}

}  // namespace

TokenMerging::TokenMerging(const ExecutionContext& context, const Tensor& x, const MapShape& map, double share)
    : tokens_(map.height * map.width), place_(static_cast<size_t>(x.dim(0) * tokens_)) {
  CHECK(x.dim(1) == tokens_);
  const Split split(map);
  const int64_t wanted = static_cast<int64_t>(share * static_cast<double>(tokens_));
  const int64_t merged = std::min(wanted, static_cast<int64_t>(split.others.size()));
  count_ = tokens_ - merged;
  const ExecutionContext exact = context.withArithmetic(Arithmetic::F32);
  for (int64_t image = 0; image < x.dim(0); ++image) {
    std::vector<Match> matches = bestMatches(exact, x.data() + image * tokens_ * x.dim(2), split, x.dim(2));
    const auto isMoreAlike = [](const Match& a, const Match& b) {
      return a.likeness != b.likeness ? a.likeness > b.likeness : a.other < b.other;
    };
    std::nth_element(matches.begin(), matches.begin() + merged, matches.end(), isMoreAlike);
    int32_t* place = place_.data() + image * tokens_;
    for (size_t i = 0; i < split.kept.size(); ++i) place[split.kept[i]] = static_cast<int32_t>(i);
    for (int64_t i = 0; i < static_cast<int64_t>(matches.size()); ++i) {
      const Match& match = matches[static_cast<size_t>(i)];
      const int64_t own = static_cast<int64_t>(split.kept.size()) + i - merged;
      place[split.others[static_cast<size_t>(match.other)]] = i < merged ? match.kept : static_cast<int32_t>(own);
    }
  }
}

Tensor TokenMerging::merged(const ExecutionContext& context, const Tensor& x) const {
  const int64_t width = x.dim(2);
  Tensor y = Tensor::zeros({x.dim(0), count_, width});
  context.parallelFor(x.dim(0), [&](int64_t image, int) {
    std::vector<int32_t> members(static_cast<size_t>(count_), 0);
    const int32_t* place = place_.data() + image * tokens_;
    float* rows = y.data() + image * count_ * width;
    for (int64_t t = 0; t < tokens_; ++t) {
      ++members[static_cast<size_t>(place[t])];
      kernels().addScaled(x.data() + (image * tokens_ + t) * width, 1.f, rows + place[t] * width, width);
    }
    for (int64_t i = 0; i < count_; ++i)
      kernels().scaleRow(rows + i * width, 1.f / static_cast<float>(members[static_cast<size_t>(i)]), width);
  });
  return y;
}

Tensor TokenMerging::spread(const ExecutionContext& context, const Tensor& y, const Tensor& residual) const {
  const int64_t width = y.dim(2);
  Tensor x(residual.shape());
  context.parallelBlocks(x.dim(0) * tokens_, kTokensPerBlock, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t row = t / tokens_ * count_ + place_[static_cast<size_t>(t)];
      kernels().add(residual.data() + t * width, y.data() + row * width, x.data() + t * width, width);
    }
  });
  return x;
}

}  // namespace lorikeet
