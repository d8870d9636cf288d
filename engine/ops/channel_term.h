#pragma once
#include "core/tensor.h"
#include "ops/weight_term.h"

namespace lorikeet {

/// W o s + (1 + s) o D: the weight, and with it a change D if there is one, multiplied by 1 + s, one value for each
/// output channel or for each input channel. (IA)3 without D, DoRA with it.
class ChannelTerm : public WeightTerm {
 public:
  enum class Axis { Outputs, Inputs };
  /// One gain s for each channel of the axis.
  ChannelTerm(const Tensor& gains, Axis axis, int64_t taps, std::shared_ptr<const WeightTerm> change = nullptr);
  void addTo(const PackedWeights& weights, const PanelPart& part, const float* stored, float* panel) const override;
  bool readsStored() const override { return true; }
  double cost() const override { return 1 + (change_ == nullptr ? 0 : 1 + change_->cost()); }

 private:
  void addScaled(const PanelPart& part, float offset, const float* values, float* panel) const;
  Axis axis_;
  std::shared_ptr<const WeightTerm> change_;
  Tensor gains_;  ///< [panels * 32] or [taps * inputs]
};

}  // namespace lorikeet
