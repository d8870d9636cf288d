#pragma once
#include <cstddef>
#include <cstdint>

#include "core/dtype.h"
#include "core/execution_context.h"

namespace lorikeet {

/// Rows of a panel that share the scale of each of its columns, where weights are stored as whole numbers. They never
/// belong to two taps.
inline constexpr int64_t kScaleRows = 64;

/// Weights as they lie in a file: [outputs][inputs][taps] of F16, BF16 or F32, not aligned.
struct WeightBytes {
  const std::byte* bytes = nullptr;
  DType type = DType::F32;
  int64_t outputs = 0;
  int64_t inputs = 0;
  int64_t taps = 1;

  int64_t scaleRowsPerTap() const { return (inputs + kScaleRows - 1) / kScaleRows; }
};

/// Writes the same bits in the order of panels, [panel][tap][input][32]; columns past `outputs` are zero.
void packPanels(const ExecutionContext& context, const WeightBytes& weights, std::byte* to);
/// The same rounded to BF16.
void packPanelsAsBf16(const ExecutionContext& context, const WeightBytes& weights, uint16_t* to);
/// The same as whole numbers of -127 to 127, each column of kScaleRows rows with a scale of its own that makes the
/// largest of them 127: value = number * scale. scales: [panel][tap][scaleRowsPerTap()][32].
void packPanelsAsInt8(const ExecutionContext& context, const WeightBytes& weights, int8_t* to, float* scales);

}  // namespace lorikeet
