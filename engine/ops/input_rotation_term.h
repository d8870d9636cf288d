#pragma once
#include <vector>

#include "core/tensor.h"
#include "ops/weight_term.h"

namespace lorikeet {

/// m W (R - I)^T for a rotation R of blocks of a linear layer's inputs, m the factor (PEFT's OFT).
class InputRotationTerm : public WeightTerm {
 public:
  /// One matrix [n, n] a block, or one for all.
  explicit InputRotationTerm(std::vector<Tensor> blocks);
  void setFactor(double factor) override;
  void addTo(const PackedWeights& weights, const PanelPart& part, const float* stored, float* panel) const override;
  bool readsStored() const override { return true; }
  double cost() const override { return static_cast<double>(blocks_[0].dim(0)); }

 private:
  std::vector<Tensor> blocks_;
  std::vector<Tensor> scaled_;  ///< m (R - I)
};

}  // namespace lorikeet
