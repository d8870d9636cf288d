#pragma once
#include "core/tensor.h"
#include "ops/weight_term.h"

namespace lorikeet {

/// scale * (first kron second), the taps of a convolution with the second (LoKr). Costs one multiply-add a value, and
/// no memory but the two factors'.
class KroneckerTerm : public WeightTerm {
 public:
  /// first [outputs1, inputs1], second [outputs2, inputs2 * taps], taps innermost.
  KroneckerTerm(const Tensor& first, const Tensor& second, int64_t taps, double scale);
  void addTo(const PackedWeights& weights, const PanelPart& part, const float* stored, float* panel) const override;
  double cost() const override { return 2; }

 private:
  int64_t inputs1_, inputs2_, outputs2_;
  float scale_;
  Tensor first_;   ///< [panel][inputs1][32], zeros past the last output
  Tensor second_;  ///< [taps * inputs2][outputs2 + 32]: the outputs, then again from the first on
};

}  // namespace lorikeet
