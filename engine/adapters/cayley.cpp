#include "adapters/cayley.h"

#include <cmath>
#include <utility>

namespace lorikeet {

/// By Gauss-Jordan elimination; I - q is regular for every skew q.
SquareMatrix cayley(const SquareMatrix& q, size_t n) {
  SquareMatrix left(n * n), right(n * n);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j) {
      const double identity = i == j ? 1 : 0;
      left[j * n + i] = identity - q[i * n + j];  // transposed: solve X (I - q) = I + q
      right[j * n + i] = identity + q[i * n + j];
    }
  for (size_t c = 0; c < n; ++c) {
    size_t pivot = c;
    for (size_t r = c + 1; r < n; ++r)
      if (std::abs(left[r * n + c]) > std::abs(left[pivot * n + c])) pivot = r;
    for (size_t j = 0; j < n; ++j) {
      std::swap(left[c * n + j], left[pivot * n + j]);
      std::swap(right[c * n + j], right[pivot * n + j]);
    }
    const double scale = 1 / left[c * n + c];
    for (size_t j = 0; j < n; ++j) {
      left[c * n + j] *= scale;
      right[c * n + j] *= scale;
    }
    for (size_t r = 0; r < n; ++r) {
      const double factor = r == c ? 0 : left[r * n + c];
      for (size_t j = 0; j < n; ++j) {
        left[r * n + j] -= factor * left[c * n + j];
        right[r * n + j] -= factor * right[c * n + j];
      }
    }
  }
  SquareMatrix result(n * n);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j) result[i * n + j] = right[j * n + i];
  return result;
}

}  // namespace lorikeet
