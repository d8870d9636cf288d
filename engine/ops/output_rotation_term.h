#pragma once
#include <vector>

#include "core/tensor.h"
#include "ops/weight_term.h"

namespace lorikeet {

/// s o ((m R + (1 - m) I) W) - W for a rotation R of blocks of output channels, m the factor (OFT). Each panel is a sum
/// of the few stored panels that its blocks reach.
class OutputRotationTerm : public WeightTerm {
 public:
  /// One matrix [n, n] a block; s is one value for each output, empty for 1.
  OutputRotationTerm(std::vector<Tensor> blocks, std::vector<float> rescale);
  void setFactor(double factor) override;
  void addTo(const PackedWeights& weights, const PanelPart& part, const float* stored, float* panel) const override;
  bool readsStored() const override { return true; }
  double cost() const override;

 private:
  /// What one panel is a sum of: stored panels from `first` on, each times [32 of theirs][32 of this].
  struct Mixture {
    int64_t first = 0;
    Tensor parts;
  };
  std::vector<Tensor> blocks_;
  std::vector<float> rescale_;
  std::vector<Mixture> panels_;
};

}  // namespace lorikeet
