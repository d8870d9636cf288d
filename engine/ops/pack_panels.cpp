#include "ops/pack_panels.h"

#include <algorithm>
#include <cstring>

#include "ops/kernels.h"

namespace lorikeet {
namespace {

/// Some inputs of one tap of a panel: so few that 32 rows of reads and the writes stay in the L1 cache.
struct PanelBlock {
  int64_t panel, tap, begin, count;
};

template <class Element>
void gather(const WeightBytes& weights, const PanelBlock& block, Element* to) {
  const int64_t columns = std::min<int64_t>(kPanelWidth, weights.outputs - block.panel * kPanelWidth);
  const int64_t depth = weights.inputs * weights.taps;
  for (int64_t n = 0; n < columns; ++n) {
    const int64_t at = (block.panel * kPanelWidth + n) * depth + block.begin * weights.taps + block.tap;
    const std::byte* in = weights.bytes + static_cast<size_t>(at) * sizeof(Element);
    for (int64_t i = 0; i < block.count; ++i, in += static_cast<size_t>(weights.taps) * sizeof(Element))
      std::memcpy(to + i * kPanelWidth + n, in, sizeof(Element));  // file tensors need not be aligned
  }
  for (int64_t n = columns; n < kPanelWidth; ++n)
    for (int64_t i = 0; i < block.count; ++i) to[i * kPanelWidth + n] = Element{};
}

void gatherAsF32(const WeightBytes& weights, const PanelBlock& block, float* to) {
  if (weights.type == DType::F32) return gather(weights, block, to);
  alignas(64) uint16_t bits[kScaleRows * kPanelWidth];
  gather(weights, block, bits);
  const Kernels& k = kernels();
  (weights.type == DType::F16 ? k.f16ToF32 : k.bf16ToF32)(bits, to, block.count * kPanelWidth);
}

/// work(block, row) for all blocks; `row` counts the rows of all panels before it.
template <class Work>
void forBlocks(const ExecutionContext& context, const WeightBytes& weights, const Work& work) {
  const int64_t panels = (weights.outputs + kPanelWidth - 1) / kPanelWidth;
  context.parallelFor(panels, [&](int64_t panel, int) {
    for (int64_t begin = 0; begin < weights.inputs; begin += kScaleRows)
      for (int64_t tap = 0; tap < weights.taps; ++tap) {
        const PanelBlock block{panel, tap, begin, std::min(kScaleRows, weights.inputs - begin)};
        work(block, (panel * weights.taps + tap) * weights.inputs + begin);
      }
  });
}

}  // namespace

void packPanels(const ExecutionContext& context, const WeightBytes& weights, std::byte* to) {
  forBlocks(context, weights, [&](const PanelBlock& block, int64_t row) {
    if (weights.type == DType::F32)
      gather(weights, block, reinterpret_cast<float*>(to) + row * kPanelWidth);
    else
      gather(weights, block, reinterpret_cast<uint16_t*>(to) + row * kPanelWidth);
  });
}

void packPanelsAsBf16(const ExecutionContext& context, const WeightBytes& weights, uint16_t* to) {
  forBlocks(context, weights, [&](const PanelBlock& block, int64_t row) {
    alignas(64) float values[kScaleRows * kPanelWidth];
    gatherAsF32(weights, block, values);
    kernels().f32ToBf16(values, to + row * kPanelWidth, block.count * kPanelWidth);
  });
}

void packPanelsAsInt8(const ExecutionContext& context, const WeightBytes& weights, int8_t* to, float* scales) {
  constexpr float kLargest = 127;
  constexpr float kSmallestScale = 1e-30F;  // below, a column is zero: the inverse of its scale would overflow
  forBlocks(context, weights, [&](const PanelBlock& block, int64_t row) {
    alignas(64) float values[kScaleRows * kPanelWidth];
    alignas(64) float rates[kPanelWidth];
    gatherAsF32(weights, block, values);
    const int64_t scaleRow =
        (block.panel * weights.taps + block.tap) * weights.scaleRowsPerTap() + block.begin / kScaleRows;
    float* scale = scales + scaleRow * kPanelWidth;
    kernels().largestOfColumns(values, block.count, scale);
    for (int j = 0; j < kPanelWidth; ++j) {
      const bool isZero = scale[j] < kSmallestScale;
      rates[j] = isZero ? 0 : kLargest / scale[j];
      scale[j] = isZero ? 0 : scale[j] / kLargest;
    }
    kernels().f32ToInt8(values, rates, to + row * kPanelWidth, block.count);
  });
}

}  // namespace lorikeet
