#pragma once
#include <span>

#include "core/tensor.h"
#include "ops/weight_term.h"

namespace lorikeet {

/// scale * up * down as two matrices: up [outputs, rank], down [rank, inputs * taps], taps innermost as in files.
struct LowRankFactors {
  Tensor up;
  Tensor down;
  double scale = 1;
};

/// up * down with the ranks of any number of pairs side by side, so that many cost little more than one.
class LowRankTerm : public WeightTerm {
 public:
  /// The pairs have the same outputs and depth.
  LowRankTerm(std::span<const LowRankFactors> pairs, int64_t taps);

  /// The factor of one pair, besides its scale.
  void setFactor(size_t pair, double factor);
  /// Of all pairs.
  void setFactor(double factor) override;

  int64_t rank() const { return rank_; }
  /// panel = or += the product, for `rowCount` rows from `depth` on; at most as many as a tile has.
  void product(int64_t panel, int64_t depth, int rowCount, float* to, bool accumulate) const;
  void addTo(const PackedWeights& weights, const PanelPart& part, const float* stored, float* panel) const override;
  double cost() const override { return static_cast<double>(rank_); }

 private:
  struct Pair {
    int64_t offset;
    int64_t rank;
    double scale;
    double factor;
  };
  std::vector<Pair> pairs_;
  int64_t rank_ = 0;
  Tensor down_;      ///< [taps * inputs][rank], taps outermost as in a panel
  Tensor unscaled_;  ///< [panel][rank][32], zeros past the last output
  Tensor up_;        ///< the same with scales and factors
};

}  // namespace lorikeet
