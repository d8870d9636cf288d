#pragma once
#include <cstddef>
#include <vector>

namespace lorikeet {

/// Multiplications of ranges of a list, noted first and carried out together.
class WeightRanges {
 public:
  void multiply(size_t begin, size_t end, double factor) {
    if (begin < end) ranges_.push_back({begin, end, factor});
  }
  /// The product for each of `count` places. In the order of the calls, so the last bit is that of a plain loop, unless
  /// there are so many and so long ranges that a loop would be slow: then by sums of logarithms, O(n log n).
  std::vector<double> factors(size_t count) const;

 private:
  struct Range {
    size_t begin, end;
    double factor;
  };
  std::vector<double> factorsByLogarithm(size_t count) const;
  std::vector<Range> ranges_;
};

}  // namespace lorikeet
