#include "ops/output_rotation_term.h"

#include <algorithm>

#include "ops/kernels.h"
#include "ops/packed_weights.h"

namespace lorikeet {

OutputRotationTerm::OutputRotationTerm(std::vector<Tensor> blocks, std::vector<float> rescale)
    : blocks_(std::move(blocks)), rescale_(std::move(rescale)) {
  CHECK(!blocks_.empty());
  const int64_t n = blocks_[0].dim(0), outputs = n * static_cast<int64_t>(blocks_.size());
  for (int64_t begin = 0; begin < outputs; begin += kPanelWidth) {
    const int64_t last = std::min<int64_t>(begin + kPanelWidth, outputs) - 1;
    const int64_t first = begin / n * n / kPanelWidth, end = (last / n * n + n - 1) / kPanelWidth + 1;
    panels_.push_back({first, Tensor({end - first, kPanelWidth, kPanelWidth})});
  }
  setFactor(1);
}

void OutputRotationTerm::setFactor(double factor) {
  const int64_t n = blocks_[0].dim(0);
  for (Mixture& panel : panels_) std::fill_n(panel.parts.data(), panel.parts.size(), 0.f);
  for (size_t b = 0; b < blocks_.size(); ++b) {
    for (int64_t i = 0; i < n; ++i) {
      const int64_t output = static_cast<int64_t>(b) * n + i;
      const double scale = rescale_.empty() ? 1 : rescale_[static_cast<size_t>(output)];
      Mixture& panel = panels_[static_cast<size_t>(output / kPanelWidth)];
      for (int64_t j = 0; j < n; ++j) {
        const int64_t from = static_cast<int64_t>(b) * n + j - panel.first * kPanelWidth;
        const double identity = i == j ? 1 : 0;
        const double turned = factor * blocks_[b].data()[i * n + j] + (1 - factor) * identity;
        panel.parts.data()[from * kPanelWidth + output % kPanelWidth] = static_cast<float>(scale * turned - identity);
      }
    }
  }
}

double OutputRotationTerm::cost() const {
  int64_t most = 0;
  for (const Mixture& panel : panels_) most = std::max(most, panel.parts.dim(0) * kPanelWidth);
  return static_cast<double>(most);
}

void OutputRotationTerm::addTo(const PackedWeights& weights, const PanelPart& part, const float* stored,
                               float* panel) const {
  const Kernels& k = kernels();
  const Mixture& mixture = panels_[static_cast<size_t>(part.index)];
  alignas(64) float scratch[kMaxTileRows * kPanelWidth];
  const float* rows[kMaxTileRows];
  for (int64_t source = 0; source < mixture.parts.dim(0); ++source) {
    const float* matrix = mixture.parts.data() + source * kPanelWidth * kPanelWidth;
    for (int64_t r = 0; r < part.depthCount; r += k.tileRows) {
      const int64_t count = std::min<int64_t>(k.tileRows, part.depthCount - r);
      const PanelPart from{mixture.first + source, part.depthBegin + r, count};
      const float* values = from.index == part.index ? stored + r * kPanelWidth : weights.storedPanel(from, scratch);
      for (int64_t i = 0; i < count; ++i) rows[i] = values + i * kPanelWidth;
      k.tile(rows, static_cast<int>(count), matrix, kPanelWidth, kPanelWidth, kPanelWidth, panel + r * kPanelWidth,
             kPanelWidth, true);
    }
  }
}

}  // namespace lorikeet
