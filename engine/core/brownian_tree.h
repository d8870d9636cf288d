#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace lorikeet {

/// A Brownian motion over [start, end] that depends on its seed alone, not on where or in which order it is looked at:
/// the noise of SDE samplers, which so becomes the same for any number of steps and any batch. The increment of the
/// whole interval is drawn first; a half's is drawn given that of the whole (Brownian bridge), down to 1e-6. The same
/// numbers as torchsde.BrownianInterval(entropy=seed, tol=1e-6, pool_size=24, halfway_tree=True), which is
/// torchsde.BrownianTree, in f32. Reference: torchsde/_brownian/brownian_interval.py.
class BrownianTree {
 public:
  /// size: numbers in a value.
  BrownianTree(uint64_t seed, double start, double end, size_t size);
  /// out = W(to) - W(from) for from <= to, both clamped to [start, end]; out has `size` numbers.
  void increment(double from, double to, std::span<float> out) const;

 private:
  struct Interval {
    double start;
    double end;
    uint64_t key;  ///< place among the intervals of its depth
    uint64_t depth;
  };
  using Values = std::vector<float>;
  void add(const Interval& interval, const Values& increment, double from, double to, std::span<float> sum) const;
  Values drawn(uint32_t seed) const;

  uint64_t seed_;
  size_t size_;
  Interval whole_;
  Values wholeIncrement_;
};

}  // namespace lorikeet
