#include "ops/input_rotation_term.h"

#include <algorithm>

#include "ops/kernels.h"
#include "ops/packed_weights.h"
#include "ops/scratch.h"

namespace lorikeet {

InputRotationTerm::InputRotationTerm(std::vector<Tensor> blocks) : blocks_(std::move(blocks)) {
  CHECK(!blocks_.empty());
  for (const Tensor& block : blocks_) scaled_.emplace_back(block.shape());
  setFactor(1);
}

void InputRotationTerm::setFactor(double factor) {
  const int64_t n = blocks_[0].dim(0);
  for (size_t b = 0; b < blocks_.size(); ++b)
    for (int64_t i = 0; i < n * n; ++i)
      scaled_[b].data()[i] = static_cast<float>(factor * (blocks_[b].data()[i] - (i % (n + 1) == 0 ? 1.f : 0.f)));
}

/// Row i of a block is a sum of all its stored rows; those that lie outside the part are read for it.
void InputRotationTerm::addTo(const PackedWeights& weights, const PanelPart& part, const float* stored,
                              float* panel) const {
  const Kernels& k = kernels();
  const int64_t n = blocks_[0].dim(0), end = part.depthBegin + part.depthCount;
  const float* rows[kMaxTileRows];
  for (int64_t depth = part.depthBegin; depth < end;) {
    const int64_t block = depth / n, begin = block * n, last = std::min(end, begin + n);
    const bool isInside = begin >= part.depthBegin && begin + n <= end;
    const float* values =
        isInside ? stored + (begin - part.depthBegin) * kPanelWidth
                 : weights.storedPanel({part.index, begin, n}, threadScratch(ScratchSlot::Block, n * kPanelWidth));
    const Tensor& matrix = scaled_[scaled_.size() == 1 ? 0 : static_cast<size_t>(block)];
    while (depth < last) {
      const int count = static_cast<int>(std::min<int64_t>(k.tileRows, last - depth));
      for (int i = 0; i < count; ++i) rows[i] = matrix.data() + (depth - begin + i) * n;
      k.tile(rows, count, values, kPanelWidth, kPanelWidth, n, panel + (depth - part.depthBegin) * kPanelWidth,
             kPanelWidth, true);
      depth += count;
    }
  }
}

}  // namespace lorikeet
