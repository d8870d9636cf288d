#include "ops/channel_term.h"

#include <algorithm>

#include "ops/kernels.h"

namespace lorikeet {

ChannelTerm::ChannelTerm(const Tensor& gains, Axis axis, int64_t taps, std::shared_ptr<const WeightTerm> change)
    : axis_(axis), change_(std::move(change)) {
  const auto count = static_cast<int64_t>(gains.size());
  if (axis == Axis::Outputs) {
    gains_ = Tensor::zeros({(count + kPanelWidth - 1) / kPanelWidth * kPanelWidth});
    std::copy_n(gains.data(), count, gains_.data());
    return;
  }
  gains_ = Tensor({taps * count});
  for (int64_t t = 0; t < taps; ++t) std::copy_n(gains.data(), count, gains_.data() + t * count);
}

/// panel += factor * (offset + s) o values.
void ChannelTerm::addScaled(const PanelPart& part, float offset, const float* values, float* panel) const {
  const Kernels& k = kernels();
  if (axis_ == Axis::Outputs) {
    alignas(64) float columns[kPanelWidth];
    const float* gains = gains_.data() + part.index * kPanelWidth;
    for (int n = 0; n < kPanelWidth; ++n) columns[n] = factor() * (offset + gains[n]);
    k.addColumnScaled(values, kPanelWidth, columns, panel, part.depthCount);
    return;
  }
  const float* gains = gains_.data() + part.depthBegin;
  for (int64_t r = 0; r < part.depthCount; ++r)
    k.addScaled(values + r * kPanelWidth, factor() * (offset + gains[r]), panel + r * kPanelWidth, kPanelWidth);
}

void ChannelTerm::addTo(const PackedWeights& weights, const PanelPart& part, const float* stored, float* panel) const {
  addScaled(part, 0, stored, panel);
  if (change_ == nullptr) return;
  const int64_t step = kernels().tileRows;
  alignas(64) float change[kMaxTileRows * kPanelWidth];
  for (int64_t r = 0; r < part.depthCount; r += step) {
    const PanelPart rows{part.index, part.depthBegin + r, std::min(step, part.depthCount - r)};
    std::fill_n(change, rows.depthCount * kPanelWidth, 0.f);
    change_->addTo(weights, rows, stored + r * kPanelWidth, change);
    addScaled(rows, 1, change, panel + r * kPanelWidth);
  }
}

}  // namespace lorikeet
