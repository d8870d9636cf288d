#include "ops/stored_term.h"

#include <algorithm>

#include "ops/kernels.h"

namespace lorikeet {

void StoredTerm::addTo(const PackedWeights&, const PanelPart& part, const float*, float* panel) const {
  constexpr int64_t kRows = 64;
  alignas(64) float scratch[kRows * kPanelWidth];
  for (int64_t r = 0; r < part.depthCount; r += kRows) {
    const int64_t count = std::min(kRows, part.depthCount - r);
    const float* values = difference_.panel(part.index, part.depthBegin + r, count, scratch);
    kernels().addScaled(values, factor(), panel + r * kPanelWidth, count * kPanelWidth);
  }
}

}  // namespace lorikeet
