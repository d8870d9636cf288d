#include "ops/low_rank_term.h"

#include <algorithm>

#include "ops/kernels.h"

namespace lorikeet {
namespace {

/// down [rank, inputs * taps], taps innermost -> columns [offset, offset + rank) of [taps * inputs][total].
void placeDown(const Tensor& down, int64_t taps, int64_t offset, Tensor& to) {
  const int64_t rank = down.dim(0), depth = down.dim(1), inputs = depth / taps, total = to.dim(1);
  constexpr int64_t kBlock = 16;  // inputs at a time, so that what is written stays in the L1 cache
  for (int64_t begin = 0; begin < inputs; begin += kBlock)
    for (int64_t r = 0; r < rank; ++r)
      for (int64_t i = begin; i < std::min(inputs, begin + kBlock); ++i)
        for (int64_t t = 0; t < taps; ++t)
          to.data()[(t * inputs + i) * total + offset + r] = down.data()[r * depth + i * taps + t];
}

/// up [outputs, rank] -> rows [offset, offset + rank) of every panel.
void placeUp(const Tensor& up, int64_t offset, Tensor& to) {
  const int64_t outputs = up.dim(0), rank = up.dim(1), total = to.dim(1);
  for (int64_t o = 0; o < outputs; ++o) {
    float* panel = to.data() + (o / kPanelWidth * total + offset) * kPanelWidth + o % kPanelWidth;
    for (int64_t r = 0; r < rank; ++r) panel[r * kPanelWidth] = up.data()[o * rank + r];
  }
}

}  // namespace

LowRankTerm::LowRankTerm(std::span<const LowRankFactors> pairs, int64_t taps) {
  CHECK(!pairs.empty());
  const int64_t outputs = pairs[0].up.dim(0), depth = pairs[0].down.dim(1);
  for (const LowRankFactors& pair : pairs) {
    CHECK(pair.up.dim(0) == outputs && pair.down.dim(1) == depth && pair.up.dim(1) == pair.down.dim(0));
    pairs_.push_back({rank_, pair.down.dim(0), pair.scale, 0});
    rank_ += pair.down.dim(0);
  }
  down_ = Tensor({depth, rank_});
  unscaled_ = Tensor::zeros({(outputs + kPanelWidth - 1) / kPanelWidth, rank_, kPanelWidth});
  for (size_t i = 0; i < pairs.size(); ++i) {
    placeDown(pairs[i].down, taps, pairs_[i].offset, down_);
    placeUp(pairs[i].up, pairs_[i].offset, unscaled_);
  }
  up_ = Tensor(unscaled_.shape());
  setFactor(1);
}

void LowRankTerm::setFactor(size_t pair, double factor) {
  Pair& one = pairs_[pair];
  if (one.factor == factor && factor != 0) return;
  one.factor = factor;
  const auto scale = static_cast<float>(one.scale * factor);
  const int64_t panelFloats = rank_ * kPanelWidth;
  for (int64_t p = 0; p < up_.dim(0); ++p) {
    const int64_t begin = p * panelFloats + one.offset * kPanelWidth;
    for (int64_t i = begin; i < begin + one.rank * kPanelWidth; ++i) up_.data()[i] = scale * unscaled_.data()[i];
  }
}

void LowRankTerm::setFactor(double factor) {
  for (size_t i = 0; i < pairs_.size(); ++i) setFactor(i, factor);
}

void LowRankTerm::product(int64_t panel, int64_t depth, int rowCount, float* to, bool accumulate) const {
  const float* rows[kMaxTileRows];
  for (int i = 0; i < rowCount; ++i) rows[i] = down_.data() + (depth + i) * rank_;
  kernels().tile(rows, rowCount, up_.data() + panel * rank_ * kPanelWidth, kPanelWidth, kPanelWidth, rank_, to,
                 kPanelWidth, accumulate);
}

void LowRankTerm::addTo(const PackedWeights&, const PanelPart& part, const float*, float* panel) const {
  const int64_t step = kernels().tileRows;
  for (int64_t r = 0; r < part.depthCount; r += step)
    product(part.index, part.depthBegin + r, static_cast<int>(std::min(step, part.depthCount - r)),
            panel + r * kPanelWidth, true);
}

}  // namespace lorikeet
