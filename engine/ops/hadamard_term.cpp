#include "ops/hadamard_term.h"

#include <algorithm>

#include "ops/kernels.h"

namespace lorikeet {

HadamardTerm::HadamardTerm(LowRankFactors first, LowRankFactors second, int64_t taps)
    : first_({&first, 1}, taps), second_({&second, 1}, taps) {}

void HadamardTerm::addTo(const PackedWeights&, const PanelPart& part, const float*, float* panel) const {
  const Kernels& k = kernels();
  alignas(64) float first[kMaxTileRows * kPanelWidth], second[kMaxTileRows * kPanelWidth];
  for (int64_t r = 0; r < part.depthCount; r += k.tileRows) {
    const int rowCount = static_cast<int>(std::min<int64_t>(k.tileRows, part.depthCount - r));
    first_.product(part.index, part.depthBegin + r, rowCount, first, false);
    second_.product(part.index, part.depthBegin + r, rowCount, second, false);
    k.addProduct(first, second, factor(), panel + r * kPanelWidth, int64_t{rowCount} * kPanelWidth);
  }
}

}  // namespace lorikeet
