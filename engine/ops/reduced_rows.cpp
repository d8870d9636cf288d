#include "ops/reduced_rows.h"

#include <algorithm>

#include "ops/scratch.h"

namespace lorikeet {
namespace {

constexpr int64_t floatsFor(int64_t bytes) { return (bytes + 3) / 4; }

}  // namespace

ReducedRows::ReducedRows(const ExecutionContext& context, const ReducedKernels& kernels, const float* data,
                         int64_t rows, int64_t depth)
    : rows_(rows),
      depth_(depth),
      blocks_(integerBlocks(depth)),
      valueBytes_(kernels.valueBytes),
      values_({floatsFor((rows + 1) * depth * kernels.valueBytes)}),
      scales_({(rows + 1) * blocks_}) {
  auto* to = reinterpret_cast<std::byte*>(values_.data());
  const int64_t rowBytes = depth * valueBytes_;
  constexpr int64_t kValuesPerTask = int64_t{1} << 16;
  const int64_t perTask = std::max<int64_t>(1, kValuesPerTask / depth);
  context.parallelFor((rows + perTask - 1) / perTask, [&](int64_t task, int) {
    for (int64_t row = task * perTask; row < std::min(rows, (task + 1) * perTask); ++row)
      kernels.row(data + row * depth, depth, to + row * rowBytes, scales_.data() + row * blocks_);
  });
  std::fill_n(to + rows * rowBytes, rowBytes, std::byte{0});
  std::fill_n(scales_.data() + rows * blocks_, blocks_, 0.f);
}

ReducedPanel reducedPanel(const ReducedKernels& kernels, const float* values, int64_t depth) {
  const int64_t floats = floatsFor(reducedPanelBytes(kernels, depth));
  float* scratch = threadScratch(ScratchSlot::ReducedPanel, floats + reducedPanelScales(kernels, depth));
  auto* to = reinterpret_cast<std::byte*>(scratch);
  kernels.panel(values, depth, to, scratch + floats);
  return {to, scratch + floats, depth};
}

}  // namespace lorikeet
