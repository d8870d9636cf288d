#include "ops/operation_error.h"

#include <algorithm>
#include <cmath>

namespace lorikeet {

OperationError errorOf(const Tensor& actual, const Tensor& exact) {
  CHECK(actual.shape() == exact.shape());
  double differences = 0, squares = 0, largestDifference = 0, largest = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    const double difference = std::abs(double{actual[i]} - exact[i]), size = std::abs(double{exact[i]});
    differences += difference * difference;
    squares += size * size;
    largestDifference = std::max(largestDifference, difference);
    largest = std::max(largest, size);
  }
  if (squares == 0) return {};
  return {std::sqrt(differences / squares), largestDifference / largest};
}

}  // namespace lorikeet
