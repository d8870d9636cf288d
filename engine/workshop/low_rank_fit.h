#pragma once
#include <stop_token>

#include "core/tensor.h"
#include "lorikeet/workshop.h"

namespace lorikeet {

/// A matrix as up [rows, rank] * down [rank, columns], each with the square roots of the singular values.
struct LowRankFit {
  Tensor up;
  Tensor down;
  double error = 0;  ///< Frobenius norm of what is missing
  double norm = 0;   ///< Frobenius norm of the matrix; 0: there is nothing to fit, both are empty

  int64_t rank() const { return down.empty() ? 0 : down.dim(0); }
};

/// The best fit of a dense matrix [rows, columns] by a randomised singular value decomposition (Halko, Martinsson and
/// Tropp, 2011) with a fixed seed: the same bytes every time. Throws Stopped.
LowRankFit fitMatrix(const Tensor& matrix, const RankRule& rule, const std::stop_token& stop);

/// The best fit of the product a [rows, k] * b [k, columns].
LowRankFit fitProduct(const Tensor& a, const Tensor& b, const RankRule& rule);

/// How many of the singular values, descending, a rule keeps. `total` is the sum of all squares.
int64_t keptRank(const std::vector<double>& values, double total, const RankRule& rule);

}  // namespace lorikeet
