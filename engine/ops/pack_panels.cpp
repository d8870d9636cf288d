#include "ops/pack_panels.h"

#include <algorithm>
#include <vector>

#include "ops/kernels.h"
#include "ops/transpose.h"

namespace lorikeet {
namespace {

/// Some inputs of a panel, with all their taps.
struct PanelBlock {
  int64_t panel, begin, count;
};

/// Weights of a block with the outputs side by side: rows [input][tap] of kPanelWidth, zero past the last output.
/// Turned a few rows at a time, so that the lines that are read and written stay in the L1 cache.
template <class Element>
void turn(const WeightBytes& weights, const PanelBlock& block, Element* to) {
  constexpr int64_t kRowsAtATime = 64;
  const int64_t columns = std::min<int64_t>(kPanelWidth, weights.outputs - block.panel * kPanelWidth);
  const int64_t depth = weights.inputs * weights.taps, rows = block.count * weights.taps;
  const auto* from =
      reinterpret_cast<const Element*>(weights.bytes) + block.panel * kPanelWidth * depth + block.begin * weights.taps;
  if (columns < kPanelWidth) std::fill_n(to, rows * kPanelWidth, Element{});
  for (int64_t row = 0; row < rows; row += kRowsAtATime)
    transposeBlock(from + row, depth, to + row * kPanelWidth, kPanelWidth, columns, std::min(kRowsAtATime, rows - row));
}

/// A block with its taps apart, each tap's rows one after another.
template <class Element>
class TurnedBlock {
 public:
  TurnedBlock(const WeightBytes& weights, const PanelBlock& block)
      : taps_(weights.taps), count_(block.count), rows_(static_cast<size_t>(taps_ * count_ * kPanelWidth)) {
    turn(weights, block, rows_.data());
  }
  /// [count][kPanelWidth]
  void copyTap(int64_t tap, Element* to) const {
    for (int64_t i = 0; i < count_; ++i)
      std::copy_n(rows_.data() + (i * taps_ + tap) * kPanelWidth, kPanelWidth, to + i * kPanelWidth);
  }

 private:
  int64_t taps_, count_;
  std::vector<Element> rows_;
};

/// work(panel, begin, count) for blocks of kScaleRows inputs at most.
template <class Work>
void forBlocks(const ExecutionContext& context, const WeightBytes& weights, const Work& work) {
  const int64_t panels = (weights.outputs + kPanelWidth - 1) / kPanelWidth;
  context.parallelFor(panels, [&](int64_t panel, int) {
    for (int64_t begin = 0; begin < weights.inputs; begin += kScaleRows)
      work(PanelBlock{panel, begin, std::min(kScaleRows, weights.inputs - begin)});
  });
}

/// Where the rows of a block's tap begin, in all rows of all panels.
int64_t rowOf(const WeightBytes& weights, const PanelBlock& block, int64_t tap) {
  return (block.panel * weights.taps + tap) * weights.inputs + block.begin;
}

template <class Element>
void packAsTheyAre(const ExecutionContext& context, const WeightBytes& weights, Element* to) {
  forBlocks(context, weights, [&](const PanelBlock& block) {
    if (weights.taps == 1) return turn(weights, block, to + rowOf(weights, block, 0) * kPanelWidth);
    const TurnedBlock<Element> turned(weights, block);
    for (int64_t tap = 0; tap < weights.taps; ++tap) turned.copyTap(tap, to + rowOf(weights, block, tap) * kPanelWidth);
  });
}

/// work(block, tap, values) for the f32 values [count][kPanelWidth] of every tap of every block.
template <class Work>
void forTapsAsF32(const ExecutionContext& context, const WeightBytes& weights, const Work& work) {
  forBlocks(context, weights, [&](const PanelBlock& block) {
    alignas(64) float values[kScaleRows * kPanelWidth];
    if (weights.type == DType::F32) {
      const TurnedBlock<float> turned(weights, block);
      for (int64_t tap = 0; tap < weights.taps; ++tap) {
        turned.copyTap(tap, values);
        work(block, tap, values);
      }
      return;
    }
    alignas(64) uint16_t bits[kScaleRows * kPanelWidth];
    const auto widen = weights.type == DType::F16 ? kernels().f16ToF32 : kernels().bf16ToF32;
    const TurnedBlock<uint16_t> turned(weights, block);
    for (int64_t tap = 0; tap < weights.taps; ++tap) {
      turned.copyTap(tap, bits);
      widen(bits, values, block.count * kPanelWidth);
      work(block, tap, values);
    }
  });
}

}  // namespace

void packPanels(const ExecutionContext& context, const WeightBytes& weights, std::byte* to) {
  if (weights.type == DType::F32) return packAsTheyAre(context, weights, reinterpret_cast<float*>(to));
  packAsTheyAre(context, weights, reinterpret_cast<uint16_t*>(to));
}

void packPanelsAsBf16(const ExecutionContext& context, const WeightBytes& weights, uint16_t* to) {
  forTapsAsF32(context, weights, [&](const PanelBlock& block, int64_t tap, const float* values) {
    kernels().f32ToBf16(values, to + rowOf(weights, block, tap) * kPanelWidth, block.count * kPanelWidth);
  });
}

void packPanelsAsInt8(const ExecutionContext& context, const WeightBytes& weights, int8_t* to, float* scales) {
  constexpr float kLargest = 127;
  constexpr float kSmallestScale = 1e-30F;  // below, a column is zero: the inverse of its scale would overflow
  forTapsAsF32(context, weights, [&](const PanelBlock& block, int64_t tap, const float* values) {
    alignas(64) float rates[kPanelWidth];
    const int64_t scaleRow = (block.panel * weights.taps + tap) * weights.scaleRowsPerTap() + block.begin / kScaleRows;
    float* scale = scales + scaleRow * kPanelWidth;
    kernels().largestOfColumns(values, block.count, scale);
    for (int j = 0; j < kPanelWidth; ++j) {
      const bool isZero = scale[j] < kSmallestScale;
      rates[j] = isZero ? 0 : kLargest / scale[j];
      scale[j] = isZero ? 0 : scale[j] / kLargest;
    }
    kernels().f32ToInt8(values, rates, to + rowOf(weights, block, tap) * kPanelWidth, block.count);
  });
}

}  // namespace lorikeet
