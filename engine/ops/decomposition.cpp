#include "ops/decomposition.h"

#include <Eigen/Dense>
#include <algorithm>

namespace lorikeet {
namespace {

using Matrix = Eigen::MatrixXd;
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Matrix toEigen(const Tensor& matrix) {
  CHECK(matrix.shape().rank() == 2);
  return Eigen::Map<const RowMajor>(matrix.data(), matrix.dim(0), matrix.dim(1)).cast<double>();
}

Tensor fromEigen(const Matrix& matrix) {
  Tensor result({matrix.rows(), matrix.cols()});
  Eigen::Map<RowMajor>(result.data(), matrix.rows(), matrix.cols()) = matrix.cast<float>();
  return result;
}

/// Q with as many columns as the matrix has columns or rows, and R.
struct ThinQr {
  Matrix q, r;
};

ThinQr thinQr(const Matrix& matrix) {
  const Eigen::Index k = std::min(matrix.rows(), matrix.cols());
  const Eigen::HouseholderQR<Matrix> qr(matrix);
  const Matrix r = qr.matrixQR().topRows(k).triangularView<Eigen::Upper>();
  return {qr.householderQ() * Matrix::Identity(matrix.rows(), k), r};
}

struct ThinSvd {
  Matrix left, right;
  std::vector<double> values;
};

ThinSvd thinSvd(const Matrix& matrix) {
  const Eigen::BDCSVD<Matrix> svd(matrix, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const auto& values = svd.singularValues();
  return {svd.matrixU(), svd.matrixV().transpose(), {values.data(), values.data() + values.size()}};
}

}  // namespace

SingularForm singularForm(const Tensor& matrix) {
  const ThinSvd svd = thinSvd(toEigen(matrix));
  return {fromEigen(svd.left), svd.values, fromEigen(svd.right)};
}

SingularForm singularFormOfProduct(const Tensor& a, const Tensor& b) {
  CHECK(a.dim(1) == b.dim(0));
  const ThinQr left = thinQr(toEigen(a)), right = thinQr(toEigen(b).transpose());
  const ThinSvd svd = thinSvd(left.r * right.r.transpose());
  return {fromEigen(left.q * svd.left), svd.values, fromEigen(svd.right * right.q.transpose())};
}

Tensor orthonormalColumns(const Tensor& matrix) { return fromEigen(thinQr(toEigen(matrix)).q); }

}  // namespace lorikeet
