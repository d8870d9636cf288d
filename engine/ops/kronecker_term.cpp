#include "ops/kronecker_term.h"

#include <algorithm>

#include "ops/kernels.h"

namespace lorikeet {

KroneckerTerm::KroneckerTerm(const Tensor& first, const Tensor& second, int64_t taps, double scale)
    : inputs1_(first.dim(1)),
      inputs2_(second.dim(1) / taps),
      outputs2_(second.dim(0)),
      scale_(static_cast<float>(scale)) {
  const int64_t outputs = first.dim(0) * outputs2_, panels = (outputs + kPanelWidth - 1) / kPanelWidth;
  first_ = Tensor::zeros({panels, inputs1_, kPanelWidth});
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t j = 0; j < inputs1_; ++j)
      first_.data()[(o / kPanelWidth * inputs1_ + j) * kPanelWidth + o % kPanelWidth] =
          first.data()[o / outputs2_ * inputs1_ + j];
  // Any 32 outputs in a row are read side by side, wherever in the cycle they begin.
  const int64_t stride = outputs2_ + kPanelWidth;
  second_ = Tensor({taps * inputs2_, stride});
  for (int64_t t = 0; t < taps; ++t)
    for (int64_t m = 0; m < inputs2_; ++m)
      for (int64_t n = 0; n < stride; ++n)
        second_.data()[(t * inputs2_ + m) * stride + n] = second.data()[n % outputs2_ * inputs2_ * taps + m * taps + t];
}

void KroneckerTerm::addTo(const PackedWeights&, const PanelPart& part, const float*, float* panel) const {
  const Kernels& k = kernels();
  const int64_t inputs = inputs1_ * inputs2_, stride = outputs2_ + kPanelWidth;
  const float* start = second_.data() + part.index * kPanelWidth % outputs2_;
  const int64_t end = part.depthBegin + part.depthCount;
  alignas(64) float columns[kPanelWidth];
  for (int64_t depth = part.depthBegin; depth < end;) {
    const int64_t tap = depth / inputs, j = depth % inputs / inputs2_, m = depth % inputs2_;
    const int64_t count = std::min(inputs2_ - m, end - depth);
    const float* values = first_.data() + (part.index * inputs1_ + j) * kPanelWidth;
    for (int n = 0; n < kPanelWidth; ++n) columns[n] = scale_ * factor() * values[n];
    k.addColumnScaled(start + (tap * inputs2_ + m) * stride, stride, columns, panel, count);
    panel += count * kPanelWidth;
    depth += count;
  }
}

}  // namespace lorikeet
