#pragma once
#include <vector>

#include "core/tensor.h"

namespace lorikeet {

/// A matrix [rows, columns] as left * diag(values) * right: left [rows, k] with orthonormal columns, right [k, columns]
/// with orthonormal rows, values descending.
struct SingularForm {
  Tensor left;
  std::vector<double> values;
  Tensor right;
};

/// The thin singular value decomposition, k = min(rows, columns), computed in double precision.
SingularForm singularForm(const Tensor& matrix);

/// The same of the product a [rows, k] * b [k, columns] of small k, without forming it.
SingularForm singularFormOfProduct(const Tensor& a, const Tensor& b);

/// An orthonormal basis [rows, k] of the columns of a tall matrix [rows, k].
Tensor orthonormalColumns(const Tensor& matrix);

}  // namespace lorikeet
