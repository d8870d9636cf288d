#include "ops/matmul.h"

#include <fmt/format.h>

#include <numeric>
#include <vector>

#include "ops/operation_error.h"

namespace lorikeet {
namespace {

class DenseRows : public RowSource {
 public:
  DenseRows(const float* data, int64_t rows, int64_t perImage, int64_t depth)
      : data_(data), rows_(rows), perImage_(perImage), depth_(depth) {}
  int64_t rowCount() const override { return rows_; }
  int64_t rowsPerImage() const override { return perImage_; }
  int partCount() const override { return 1; }
  Part part(int) const override { return {data_, rows_, depth_}; }
  int segmentCount() const override { return 1; }
  int partOf(int) const override { return 0; }
  void locate(int, int64_t firstRow, int count, int64_t* rows) const override {
    std::iota(rows, rows + count, firstRow);
  }

 private:
  const float* data_;
  int64_t rows_;
  int64_t perImage_;
  int64_t depth_;
};

Tensor product(const ExecutionContext& context, const Tensor& x, const PackedWeights& weights,
               const ProductEpilogue& epilogue) {
  const int64_t rows = static_cast<int64_t>(x.size()) / weights.inputs();
  std::vector<int64_t> dims(x.shape().dims().begin(), x.shape().dims().end());
  dims.back() = epilogue.geglu ? weights.outputs() / 2 : weights.outputs();
  Tensor y{Shape(std::span<const int64_t>(dims))};
  const int64_t perImage = dims.size() > 2 && rows > 0 ? rows / dims.front() : rows;
  rowProduct(context, DenseRows(x.data(), rows, perImage, weights.inputs()), weights, epilogue, y.data());
  return y;
}

}  // namespace

Tensor matmul(const ExecutionContext& context, const Tensor& x, const PackedWeights& weights,
              const ProductEpilogue& epilogue) {
  CHECK(x.dim(-1) == weights.inputs() && weights.taps() == 1);
  const int64_t rows = static_cast<int64_t>(x.size()) / weights.inputs();
  const double flops = 2.0 * static_cast<double>(rows) * static_cast<double>(weights.inputs() * weights.outputs());
  const double moved = sizeof(float) * static_cast<double>(rows * (weights.inputs() + weights.outputs()));
  constexpr std::string_view kKind = "matmul";
  const auto describe = [&] { return fmt::format("{} rows, {} -> {}", rows, weights.inputs(), weights.outputs()); };
  if (wantsErrors(context) && context.arithmetic() != Arithmetic::F32) {
    const Tensor exact = product(context.withArithmetic(Arithmetic::F32), x, weights, {});
    context.profiler()->addError(kKind, weights.label(), describe(), errorOf(product(context, x, weights, {}), exact));
  }
  const ProfileScope profile(context.profiler(), kKind, {flops, flops, moved + static_cast<double>(weights.byteSize())},
                             weights.label(), describe);
  return product(context, x, weights, epilogue);
}

}  // namespace lorikeet
