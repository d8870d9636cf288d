#include "ops/matmul.h"

#include <fmt/format.h>

#include <vector>

namespace lorikeet {
namespace {

class DenseRows : public RowSource {
 public:
  DenseRows(const float* data, int64_t rows, int64_t depth) : data_(data), rows_(rows), depth_(depth) {}
  int64_t rowCount() const override { return rows_; }
  int segmentCount() const override { return 1; }
  int64_t segmentDepth(int) const override { return depth_; }
  void resolve(int, int64_t firstRow, int count, const float** rows) const override {
    for (int i = 0; i < count; ++i) rows[i] = data_ + (firstRow + i) * depth_;
  }

 private:
  const float* data_;
  int64_t rows_;
  int64_t depth_;
};

}  // namespace

Tensor matmul(const ExecutionContext& context, const Tensor& x, const PackedWeights& weights,
              const ProductEpilogue& epilogue) {
  CHECK(x.dim(-1) == weights.inputs() && weights.taps() == 1);
  const int64_t rows = static_cast<int64_t>(x.size()) / weights.inputs();
  const double flops = 2.0 * static_cast<double>(rows) * static_cast<double>(weights.inputs() * weights.outputs());
  const double moved = sizeof(float) * static_cast<double>(rows * (weights.inputs() + weights.outputs()));
  const ProfileScope profile(
      context.profiler(), "matmul", {flops, flops, moved + static_cast<double>(weights.byteSize())}, weights.label(),
      [&] { return fmt::format("{} rows, {} -> {}", rows, weights.inputs(), weights.outputs()); });
  std::vector<int64_t> dims(x.shape().dims().begin(), x.shape().dims().end());
  dims.back() = epilogue.geglu ? weights.outputs() / 2 : weights.outputs();
  Tensor y{Shape(std::span<const int64_t>(dims))};
  rowProduct(context, DenseRows(x.data(), rows, weights.inputs()), weights, epilogue, y.data());
  return y;
}

}  // namespace lorikeet
