#pragma once
#include <cstdint>
#include <memory>
#include <vector>

namespace lorikeet {

class PackedWeights;

/// Rows [depthBegin, depthBegin + depthCount) of one panel of 32 output channels (PackedWeights).
struct PanelPart {
  int64_t index = 0;
  int64_t depthBegin = 0;
  int64_t depthCount = 0;
};

/// Something that an adapter adds to a weight, computed a panel at a time from few factors while products run. It holds
/// for one shape of weight and its packed layout. Values depend on neither how a panel is cut nor the thread.
class WeightTerm {
 public:
  WeightTerm() = default;
  virtual ~WeightTerm() = default;
  WeightTerm(const WeightTerm&) = delete;
  WeightTerm& operator=(const WeightTerm&) = delete;

  /// panel[depthCount][32] += the change; `stored` has the untouched values of the same rows, and is not the panel.
  /// Of `weights` only storedPanel() may be called, for other rows.
  virtual void addTo(const PackedWeights& weights, const PanelPart& part, const float* stored, float* panel) const = 0;
  /// True if addTo() looks at `stored`; else it may be anything.
  virtual bool readsStored() const { return false; }
  /// Multiply-adds for each value of the weight, about.
  virtual double cost() const = 0;

  /// What the change is multiplied with, 1 at first.
  virtual void setFactor(double factor) { factor_ = static_cast<float>(factor); }

 protected:
  float factor() const { return factor_; }

 private:
  float factor_ = 1;
};

/// All that is added to one weight, in this order.
using WeightTerms = std::vector<std::shared_ptr<const WeightTerm>>;

/// Sum of the terms' costs.
inline double costOf(const WeightTerms& terms) {
  double cost = 0;
  for (const auto& term : terms) cost += term->cost();
  return cost;
}

}  // namespace lorikeet
