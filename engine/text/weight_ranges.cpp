#include "text/weight_ranges.h"

#include <cmath>

namespace lorikeet {
namespace {
constexpr size_t kMaxLoopWork = 4'000'000;
}

std::vector<double> WeightRanges::factors(size_t count) const {
  size_t work = 0;
  for (const Range& range : ranges_) work += range.end - range.begin;
  if (work > kMaxLoopWork) return factorsByLogarithm(count);
  std::vector<double> result(count, 1.0);
  for (const Range& range : ranges_)
    for (size_t i = range.begin; i < range.end; ++i) result[i] *= range.factor;
  return result;
}

std::vector<double> WeightRanges::factorsByLogarithm(size_t count) const {
  struct Change {
    double logarithm = 0;
    int negatives = 0, zeros = 0;
  };
  std::vector<Change> changes(count + 1);
  double lastFactor = 1, logarithm = 0;
  for (const Range& range : ranges_) {
    const bool zero = range.factor == 0;
    if (range.factor != lastFactor) logarithm = zero ? 0 : std::log(std::abs(range.factor));
    lastFactor = range.factor;
    const int negative = range.factor < 0 ? 1 : 0;
    changes[range.begin].logarithm += logarithm;
    changes[range.end].logarithm -= logarithm;
    changes[range.begin].negatives += negative;
    changes[range.end].negatives -= negative;
    changes[range.begin].zeros += zero ? 1 : 0;
    changes[range.end].zeros -= zero ? 1 : 0;
  }
  std::vector<double> result(count);
  Change sum;
  for (size_t i = 0; i < count; ++i) {
    sum.logarithm += changes[i].logarithm;
    sum.negatives += changes[i].negatives;
    sum.zeros += changes[i].zeros;
    const double magnitude = sum.zeros > 0 ? 0 : std::exp(sum.logarithm);
    result[i] = sum.negatives % 2 == 0 ? magnitude : -magnitude;
  }
  return result;
}

}  // namespace lorikeet
