#include "workshop/low_rank_fit.h"

#include <algorithm>
#include <cmath>

#include "adapters/dense_math.h"
#include "core/execution_context.h"
#include "ops/decomposition.h"
#include "ops/transpose.h"

namespace lorikeet {
namespace {

constexpr int64_t kOversampling = 10;
constexpr int kPowerIterations = 3;
/// Below this side an exact decomposition takes milliseconds.
constexpr int64_t kSmallSide = 64;

double squareSum(const Tensor& matrix) {
  double sum = 0;
  for (const float value : matrix.values()) sum += static_cast<double>(value) * value;
  return sum;
}

/// Values of +1 and -1 in a fixed order.
Tensor randomSigns(const Shape& shape) {
  Tensor signs(shape);
  uint64_t state = 0x9e3779b97f4a7c15u;
  for (float& value : signs.values()) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = (state >> 63) != 0 ? 1.f : -1.f;
  }
  return signs;
}

/// The `count` largest singular values with their vectors.
SingularForm largestValues(const Tensor& matrix, int64_t count, const std::stop_token& stop) {
  const int64_t side = std::min(matrix.dim(0), matrix.dim(1)), width = count + kOversampling;
  if (side <= kSmallSide || 2 * width >= side) return singularForm(matrix);
  Tensor sample = product(matrix, randomSigns({matrix.dim(1), width}));
  for (int i = 0; i < kPowerIterations; ++i) {
    throwIfStopped(stop);
    const Tensor basis = transposed(orthonormalColumns(sample));
    throwIfStopped(stop);
    sample = product(matrix, orthonormalColumns(transposed(product(basis, matrix))));
  }
  throwIfStopped(stop);
  const Tensor basis = orthonormalColumns(sample);
  SingularForm inner = singularForm(product(transposed(basis), matrix));
  inner.left = product(basis, inner.left);
  return inner;
}

LowRankFit cut(const SingularForm& form, int64_t rank) {
  LowRankFit fit;
  const int64_t rows = form.left.dim(0), columns = form.right.dim(1), width = form.left.dim(1);
  fit.up = Tensor({rows, rank});
  fit.down = Tensor({rank, columns});
  for (int64_t r = 0; r < rank; ++r) {
    const double root = std::sqrt(form.values[static_cast<size_t>(r)]);
    for (int64_t i = 0; i < rows; ++i)
      fit.up[static_cast<size_t>(i * rank + r)] =
          static_cast<float>(root * form.left[static_cast<size_t>(i * width + r)]);
    for (int64_t j = 0; j < columns; ++j)
      fit.down[static_cast<size_t>(r * columns + j)] =
          static_cast<float>(root * form.right[static_cast<size_t>(r * columns + j)]);
  }
  return fit;
}

double distance(const Tensor& matrix, const LowRankFit& fit) {
  const Tensor fitted = product(fit.up, fit.down);
  double sum = 0;
  for (size_t i = 0; i < fitted.size(); ++i) {
    const double difference = static_cast<double>(matrix[i]) - fitted[i];
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

}  // namespace

int64_t keptRank(const std::vector<double>& values, double total, const RankRule& rule) {
  auto rank = static_cast<int64_t>(values.size());
  if (rule.rank > 0) rank = std::min(rank, rule.rank);
  const auto limit = [&](auto isEnough) {
    for (int64_t r = 0; r < rank; ++r)
      if (isEnough(static_cast<size_t>(r))) rank = r + 1;
  };
  if (rule.energy > 0) {
    double sum = 0;
    limit([&](size_t r) {
      sum += values[r] * values[r];
      return sum >= rule.energy * total;
    });
  }
  if (rule.ratio > 0) limit([&](size_t r) { return r + 1 < values.size() && values[r + 1] * rule.ratio < values[0]; });
  while (rank > 1 && values[static_cast<size_t>(rank - 1)] <= 1e-7 * values[0]) --rank;  // rounding alone
  return rank;
}

LowRankFit fitMatrix(const Tensor& matrix, const RankRule& rule, const std::stop_token& stop) {
  const double total = squareSum(matrix);
  if (total == 0) return {};
  const int64_t side = std::min(matrix.dim(0), matrix.dim(1));
  const int64_t most = rule.rank > 0 ? std::min(rule.rank, side) : side;
  for (int64_t count = rule.energy > 0 || rule.ratio > 0 ? std::min<int64_t>(16, most) : most;;) {
    throwIfStopped(stop);
    const SingularForm form = largestValues(matrix, count, stop);
    const int64_t rank = keptRank(form.values, total, rule);
    // A rule that is met only by the last values of a sample may be met by fewer of the exact ones.
    if (rank > count && count < most && static_cast<int64_t>(form.values.size()) < side) {
      count = std::min(most, 2 * count);
      continue;
    }
    LowRankFit fit = cut(form, std::min(rank, most));
    fit.norm = std::sqrt(total);
    throwIfStopped(stop);
    fit.error = distance(matrix, fit);
    return fit;
  }
}

LowRankFit fitProduct(const Tensor& a, const Tensor& b, const RankRule& rule) {
  const SingularForm form = singularFormOfProduct(a, b);
  double total = 0;
  for (const double value : form.values) total += value * value;
  if (total == 0) return {};
  const int64_t rank = keptRank(form.values, total, rule);
  LowRankFit fit = cut(form, rank);
  double missing = 0;
  for (size_t i = static_cast<size_t>(rank); i < form.values.size(); ++i) missing += form.values[i] * form.values[i];
  fit.norm = std::sqrt(total);
  fit.error = std::sqrt(missing);
  return fit;
}

}  // namespace lorikeet
