#pragma once
#include <cstddef>
#include <vector>

namespace lorikeet {

using SquareMatrix = std::vector<double>;  ///< row by row

/// Cayley's transform (I + q)(I - q)^-1 of a skew matrix of n rows: a rotation.
SquareMatrix cayley(const SquareMatrix& q, size_t n);

}  // namespace lorikeet
