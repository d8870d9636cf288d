#pragma once
#include "ops/low_rank_term.h"

namespace lorikeet {

/// (up1 down1) o (up2 down2), o the product by elements (LoHa).
class HadamardTerm : public WeightTerm {
 public:
  /// Both have the same outputs and depth.
  HadamardTerm(LowRankFactors first, LowRankFactors second, int64_t taps);
  void addTo(const PackedWeights& weights, const PanelPart& part, const float* stored, float* panel) const override;
  double cost() const override { return first_.cost() + second_.cost() + 1; }

 private:
  LowRankTerm first_;
  LowRankTerm second_;
};

}  // namespace lorikeet
