#include "ops/arithmetic_choice.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/tensor.h"
#include "ops/kernels.h"
#include "ops/reduced_rows.h"

namespace lorikeet {
namespace {

constexpr int64_t kDepth = 512;

/// The shortest of some runs, so that what else the machine does hardly matters.
template <class Run>
double bestRate(const Run& run) {
  using Clock = std::chrono::steady_clock;
  constexpr int kRuns = 25;
  double best = 1e9;
  for (int i = 0; i < kRuns; ++i) {
    const Clock::time_point start = Clock::now();
    run();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return 2e-9 * static_cast<double>(kernels().tileRows * kDepth * kPanelWidth) / best;
}

Tensor someNumbers(int64_t count) {
  Tensor numbers({count});
  for (int64_t i = 0; i < count; ++i) numbers[i] = static_cast<float>(i % 17 - 8) / 8;
  return numbers;
}

bool isBf16Faster() {
  constexpr double kClearly = 1.25;
  static const bool isFaster = productRate(Arithmetic::Bf16) > kClearly * productRate(Arithmetic::F32);
  return isFaster;
}

}  // namespace

double productRate(Arithmetic arithmetic) {
  const Kernels& k = kernels();
  const Tensor values = someNumbers(k.tileRows * kDepth), panel = someNumbers(kDepth * kPanelWidth);
  Tensor out({k.tileRows * kPanelWidth});
  if (arithmetic == Arithmetic::F32) {
    const float* rows[kMaxTileRows];
    for (int r = 0; r < k.tileRows; ++r) rows[r] = values.data() + r * kDepth;
    return bestRate([&] {
      k.tile(rows, k.tileRows, panel.data(), kPanelWidth, kPanelWidth, kDepth, out.data(), kPanelWidth, false);
    });
  }
  const ReducedKernels& reduced = k.reduced(arithmetic);
  const int64_t rowBytes = kDepth * reduced.valueBytes;
  std::vector<std::byte> bytes(static_cast<size_t>(k.tileRows * rowBytes));
  std::vector<float> scales(static_cast<size_t>(k.tileRows * integerBlocks(kDepth)));
  ReducedTileRows rows;
  rows.count = k.tileRows;
  for (int r = 0; r < k.tileRows; ++r) {
    std::byte* to = bytes.data() + r * rowBytes;
    float* scale = scales.data() + r * integerBlocks(kDepth);
    reduced.row(values.data() + r * kDepth, kDepth, to, scale);
    rows.values[r] = to;
    rows.scales[r] = scale;
  }
  const ReducedPanel converted = reducedPanel(reduced, panel.data(), kDepth);
  return bestRate([&] { reduced.tile(rows, converted, kPanelWidth, out.data(), kPanelWidth, false); });
}

Arithmetic availableArithmetic(Arithmetic wish) {
  const char* slow = std::getenv("LORIKEET_SLOW_ARITHMETIC");
  if (slow != nullptr && std::string_view(slow) == "1") return wish;
  const Isa isa = activeIsa();
  if (wish == Arithmetic::Int8 && !hasVnni(isa)) return Arithmetic::Int16;
  if (wish == Arithmetic::Bf16 && (!hasBf16(isa) || !isBf16Faster())) return Arithmetic::F32;
  return wish;
}

}  // namespace lorikeet
