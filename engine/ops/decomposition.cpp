#include "ops/decomposition.h"

#include <lapacke.h>

#include <algorithm>
#include <new>

#include "core/check.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

/// Row-major, in double precision: products of small factors lose too much in single precision.
struct Matrix {
  std::int64_t rows, columns;
  std::vector<double> values = std::vector<double>(static_cast<std::size_t>(rows * columns));

  double* row(std::int64_t i) { return values.data() + i * columns; }
  const double* row(std::int64_t i) const { return values.data() + i * columns; }
};

Matrix toDouble(const Tensor& matrix) {
  CHECK(matrix.shape().rank() == 2);
  Matrix result{matrix.dim(0), matrix.dim(1)};
  std::copy_n(matrix.data(), result.values.size(), result.values.begin());
  return result;
}

Tensor toTensor(const Matrix& matrix) {
  Tensor result({matrix.rows, matrix.columns});
  std::transform(matrix.values.begin(), matrix.values.end(), result.data(),
                 [](double value) { return static_cast<float>(value); });
  return result;
}

Matrix transposed(const Matrix& matrix) {
  Matrix result{matrix.columns, matrix.rows};
  for (std::int64_t i = 0; i < matrix.rows; ++i)
    for (std::int64_t j = 0; j < matrix.columns; ++j) result.row(j)[i] = matrix.row(i)[j];
  return result;
}

/// a [rows, k] * b [k, columns] of small k.
Matrix product(const Matrix& a, const Matrix& b) {
  Matrix result{a.rows, b.columns};
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t k = 0; k < a.columns; ++k) {
      const double factor = a.row(i)[k];
      for (std::int64_t j = 0; j < b.columns; ++j) result.row(i)[j] += factor * b.row(k)[j];
    }
  return result;
}

/// LAPACKE refuses matrices with NaN, and says so when it finds no memory for its work.
void checkLapack(lapack_int info) {
  if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR) throw std::bad_alloc();
  if (info != 0)
    throw Error(ErrorKind::Corrupt, "A matrix of weights cannot be decomposed: it holds values that are not finite.");
}

lapack_int toLapack(std::int64_t value) { return static_cast<lapack_int>(value); }

/// Q [rows, k] with orthonormal columns and the upper triangular R [k, columns], k = min(rows, columns).
struct ThinQr {
  Matrix q, r;
};

ThinQr thinQr(Matrix matrix) {
  const std::int64_t k = std::min(matrix.rows, matrix.columns);
  ThinQr result{Matrix{matrix.rows, k}, Matrix{k, matrix.columns}};
  std::vector<double> reflections(static_cast<std::size_t>(k));
  checkLapack(LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, toLapack(matrix.rows), toLapack(matrix.columns), matrix.values.data(),
                             toLapack(matrix.columns), reflections.data()));
  for (std::int64_t i = 0; i < k; ++i)
    std::copy(matrix.row(i) + i, matrix.row(i) + matrix.columns, result.r.row(i) + i);
  for (std::int64_t i = 0; i < matrix.rows; ++i) std::copy_n(matrix.row(i), k, result.q.row(i));
  checkLapack(LAPACKE_dorgqr(LAPACK_ROW_MAJOR, toLapack(matrix.rows), toLapack(k), toLapack(k), result.q.values.data(),
                             toLapack(k), reflections.data()));
  return result;
}

/// left [rows, k] * diag(values) * right [k, columns], k = min(rows, columns).
struct ThinSvd {
  Matrix left;
  std::vector<double> values;
  Matrix right;
};

ThinSvd thinSvd(Matrix matrix) {
  const std::int64_t k = std::min(matrix.rows, matrix.columns);
  ThinSvd result{Matrix{matrix.rows, k}, std::vector<double>(static_cast<std::size_t>(k)), Matrix{k, matrix.columns}};
  checkLapack(LAPACKE_dgesdd(LAPACK_ROW_MAJOR, 'S', toLapack(matrix.rows), toLapack(matrix.columns),
                             matrix.values.data(), toLapack(matrix.columns), result.values.data(),
                             result.left.values.data(), toLapack(k), result.right.values.data(),
                             toLapack(matrix.columns)));
  return result;
}

}  // namespace

SingularForm singularForm(const Tensor& matrix) {
  const ThinSvd svd = thinSvd(toDouble(matrix));
  return {toTensor(svd.left), svd.values, toTensor(svd.right)};
}

SingularForm singularFormOfProduct(const Tensor& a, const Tensor& b) {
  CHECK(a.dim(1) == b.dim(0));
  const ThinQr left = thinQr(toDouble(a)), right = thinQr(transposed(toDouble(b)));
  const ThinSvd svd = thinSvd(product(left.r, transposed(right.r)));
  return {toTensor(product(left.q, svd.left)), svd.values, toTensor(product(svd.right, transposed(right.q)))};
}

Tensor orthonormalColumns(const Tensor& matrix) { return toTensor(thinQr(toDouble(matrix)).q); }

}  // namespace lorikeet
