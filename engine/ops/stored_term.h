#pragma once
#include "ops/packed_weights.h"

namespace lorikeet {

/// A difference that is stored value by value, in the type of its file.
class StoredTerm : public WeightTerm {
 public:
  explicit StoredTerm(PackedWeights difference) : difference_(std::move(difference)) {}
  void addTo(const PackedWeights& weights, const PanelPart& part, const float* stored, float* panel) const override;
  double cost() const override { return 2; }

 private:
  PackedWeights difference_;
};

}  // namespace lorikeet
