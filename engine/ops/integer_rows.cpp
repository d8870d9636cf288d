#include "ops/integer_rows.h"

#include <algorithm>

#include "ops/scratch.h"

namespace lorikeet {

IntegerRows::IntegerRows(const ExecutionContext& context, const float* data, int64_t rows, int64_t depth)
    : rows_(rows),
      depth_(depth),
      blocks_(integerBlocks(depth)),
      values_({((rows + 1) * depth + 1) / 2}),
      scales_({(rows + 1) * blocks_}) {
  auto* to = reinterpret_cast<int16_t*>(values_.data());
  constexpr int64_t kValuesPerTask = int64_t{1} << 16;
  const int64_t perTask = std::max<int64_t>(1, kValuesPerTask / depth);
  context.parallelFor((rows + perTask - 1) / perTask, [&](int64_t task, int) {
    for (int64_t row = task * perTask; row < std::min(rows, (task + 1) * perTask); ++row)
      kernels().rowToInt16(data + row * depth, depth, to + row * depth, scales_.data() + row * blocks_);
  });
  std::fill_n(to + rows * depth, depth, int16_t{0});
  std::fill_n(scales_.data() + rows * blocks_, blocks_, 0.f);
}

IntegerPanel integerPanel(const float* values, int64_t depth) {
  const int64_t integers = depth * kPanelWidth / 2;  // in floats
  float* scratch = threadScratch(ScratchSlot::IntegerPanel, integers + integerBlocks(depth) * kPanelWidth);
  auto* to = reinterpret_cast<int16_t*>(scratch);
  kernels().panelToInt16(values, depth, to, scratch + integers);
  return {to, scratch + integers, depth};
}

}  // namespace lorikeet
