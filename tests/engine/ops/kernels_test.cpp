#include "ops/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/dtype.h"
#include "engine/ops/reference.h"
#include "ops/normalization.h"

namespace lorikeet {
namespace {

std::vector<Isa> availableIsas() {
  std::vector<Isa> all;
  for (int i = 0; i <= static_cast<int>(activeIsa()); ++i) all.push_back(static_cast<Isa>(i));
  return all;
}

TEST(KernelsTest, ActivationsAgreeWithLibmOnEveryInstructionSet) {
  for (const Isa isa : availableIsas()) {
    double worst[3] = {};
    for (double x = -12; x <= 12; x += 0.00137) {
      const float input = static_cast<float>(x);
      const double exact[] = {input / (1 + std::exp(-double{input})),
                              0.5 * input * (1 + std::erf(input / std::sqrt(2.0))),
                              input / (1 + std::exp(-1.702 * double{input}))};
      const Activation kinds[] = {Activation::Silu, Activation::Gelu, Activation::QuickGelu};
      for (int i = 0; i < 3; ++i) {
        float value = input;
        kernels(isa).activate(&value, 1, kinds[i]);
        worst[i] = std::max(worst[i], std::abs(value - exact[i]));
      }
    }
    for (const double error : worst) EXPECT_LT(error, 1.5e-6) << name(isa);
  }
}

TEST(KernelsTest, ExpIsAccurateAndSaturates) {
  for (const Isa isa : availableIsas()) {
    for (float x = -80; x < 80; x += 0.37f) EXPECT_NEAR(kernels(isa).expOne(x) / std::exp(double{x}), 1.0, 4e-7) << x;
    EXPECT_LT(kernels(isa).expOne(-1000.f), 1e-37f);
    EXPECT_TRUE(std::isfinite(kernels(isa).expOne(1000.f)));
  }
}

TEST(KernelsTest, HalfConversionIsExactOnEveryInstructionSet) {
  std::vector<uint16_t> bits(0x10000);
  for (size_t i = 0; i < bits.size(); ++i) bits[i] = static_cast<uint16_t>(i);
  std::vector<float> values(bits.size());
  for (const Isa isa : availableIsas()) {
    kernels(isa).f16ToF32(bits.data(), values.data(), static_cast<int64_t>(bits.size()));
    for (size_t i = 0; i < bits.size(); ++i) {
      const float expected = f16ToF32(bits[i]);
      EXPECT_TRUE(values[i] == expected || (std::isnan(values[i]) && std::isnan(expected))) << i;
    }
  }
}

TEST(KernelsTest, TilesOfAllInstructionSetsAgree) {
  const Tensor a = reference::random({16, 50}, 1), panel = reference::random({50, 32}, 2);
  const float* rows[16];
  for (int i = 0; i < 16; ++i) rows[i] = a.data() + i * 50;
  for (const Isa isa : availableIsas())
    for (int rowCount = 1; rowCount <= kernels(isa).tileRows; ++rowCount)
      for (const int width : {8, 16, 24, 32}) {
        Tensor c = Tensor::zeros({16, 32});
        kernels(isa).tile(rows, rowCount, panel.data(), 32, width, 50, c.data(), 32, false);
        for (int r = 0; r < rowCount; ++r)
          for (int j = 0; j < width; ++j) {
            double sum = 0;
            for (int k = 0; k < 50; ++k) sum += double{rows[r][k]} * panel[k * 32 + j];
            ASSERT_NEAR(c[r * 32 + j], sum, 1e-4) << name(isa) << " " << rowCount << " " << width;
          }
      }
}

/// Value k of a row or, with 32 columns, of a panel's column, as an instruction reads it.
double reducedValue(const std::byte* values, Arithmetic arithmetic, int64_t k, int64_t column, int64_t columns) {
  const int64_t lane = arithmetic == Arithmetic::Int8 ? 4 : 2;
  const int64_t at = (k / lane * columns + column) * lane + k % lane;
  if (arithmetic == Arithmetic::Int16) return reinterpret_cast<const int16_t*>(values)[at];
  if (arithmetic == Arithmetic::Bf16) return bf16ToF32(reinterpret_cast<const uint16_t*>(values)[at]);
  if (columns == 1) return std::to_integer<int>(values[at]) - kInt8Offset;
  return reinterpret_cast<const int8_t*>(values)[at];
}

TEST(KernelsTest, RowsAndPanelsBecomeTheNearestOfFewerBitsOnEveryInstructionSet) {
  constexpr int64_t kDepth = 2 * kIntegerBlock + 36;
  const Tensor row = reference::random({kDepth}, 3), panel = reference::random({kDepth, 32}, 4);
  for (const Isa isa : availableIsas())
    for (const reference::Reduced& format : reference::kReduced) {
      const Arithmetic arithmetic = format.arithmetic;
      const ReducedKernels& k = kernels(isa).reduced(arithmetic);
      const bool isBf16 = arithmetic == Arithmetic::Bf16;
      const int largest = arithmetic == Arithmetic::Int8 ? kLargestInt8 : kLargestInt16;
      std::vector<std::byte> values(static_cast<size_t>(kDepth * k.valueBytes)), block(values.size() * 32);
      std::vector<float> scales(3), columns(static_cast<size_t>(3 * k.scaleRows * 32));
      k.row(row.data(), kDepth, values.data(), scales.data());
      for (int64_t i = 0; i < kDepth; ++i) {
        const double value = reducedValue(values.data(), arithmetic, i, 0, 1);
        const float scale = isBf16 ? 1.F : scales[static_cast<size_t>(i / kIntegerBlock)];
        ASSERT_TRUE(isBf16 || std::abs(value) <= largest);
        ASSERT_NEAR(value * scale, row[i], isBf16 ? std::abs(row[i]) / 256 : 0.501 * scale) << name(isa) << i;
      }
      k.panel(panel.data(), kDepth, block.data(), columns.data());
      for (int64_t r = 0; r < kDepth; ++r)
        for (int64_t j = 0; j < 32; ++j) {
          const double value = reducedValue(block.data(), arithmetic, r, j, 32), exact = panel[r * 32 + j];
          const size_t at = static_cast<size_t>(r / kIntegerBlock * k.scaleRows * 32 + j);
          const float scale = isBf16 ? 1.F : columns[at];
          ASSERT_TRUE(isBf16 || std::abs(value) <= largest);
          ASSERT_NEAR(value * scale, exact, isBf16 ? std::abs(exact) / 256 : 0.501 * scale) << name(isa) << r;
        }
    }
}

TEST(KernelsTest, TilesOfFewerBitsOfAllInstructionSetsAgree) {
  constexpr int64_t kDepth = kIntegerBlock + 24;
  Tensor rows = reference::random({16, kDepth}, 5), panel = reference::random({kDepth, 32}, 6);
  // a row and a column of the largest magnitudes alone, whose sum just fits
  for (int64_t k = 0; k < kDepth; ++k) rows[k] = 3, panel[k * 32 + 5] = -2;
  for (const Isa isa : availableIsas())
    for (const reference::Reduced& format : reference::kReduced) {
      const Arithmetic arithmetic = format.arithmetic;
      const ReducedKernels& k = kernels(isa).reduced(arithmetic);
      std::vector<std::byte> values(static_cast<size_t>(16 * kDepth * k.valueBytes)), block(values.size() * 2);
      std::vector<float> rowScales(32), scales(static_cast<size_t>(2 * k.scaleRows * 32));
      ReducedTileRows tile;
      for (int64_t r = 0; r < 16; ++r) {
        std::byte* to = values.data() + r * kDepth * k.valueBytes;
        k.row(rows.data() + r * kDepth, kDepth, to, rowScales.data() + r * 2);
        tile.values[r] = to;
        tile.scales[r] = rowScales.data() + r * 2;
      }
      k.panel(panel.data(), kDepth, block.data(), scales.data());
      for (tile.count = 1; tile.count <= kernels(isa).tileRows; ++tile.count) {
        Tensor c({16, 32});
        const int width = tile.count % 2 == 0 ? 32 : 16;
        for (float& v : c.values()) v = 1;
        k.tile(tile, {block.data(), scales.data(), kDepth}, width, c.data(), 32, true);
        for (int r = 0; r < tile.count; ++r)
          for (int64_t j = 0; j < 32; ++j) {
            double expected = 1;
            for (int64_t d = 0; d < kDepth && j < width; ++d) {
              const double product =
                  reducedValue(tile.values[r], arithmetic, d, 0, 1) * reducedValue(block.data(), arithmetic, d, j, 32);
              const int64_t at = d / kIntegerBlock;
              const bool isBf16 = arithmetic == Arithmetic::Bf16;
              expected += isBf16
                              ? product
                              : product * tile.scales[r][at] * scales[static_cast<size_t>(at * k.scaleRows * 32 + j)];
            }
            ASSERT_NEAR(c[r * 32 + j], expected, 1e-5 * std::abs(expected) + 2e-5)
                << name(isa) << " " << static_cast<int>(arithmetic) << " " << r << " " << j;
          }
      }
    }
}

TEST(KernelsTest, ScaledSumsOfAllInstructionSetsAgree) {
  for (const int64_t count : {1, 7, 32, 75}) {
    const Tensor a = reference::random({count}, 5), b = reference::random({count}, 6),
                 sum = reference::random({count}, 7);
    for (const Isa isa : availableIsas()) {
      Tensor one = sum.clone(), two = sum.clone();
      kernels(isa).addScaled(a.data(), -0.3f, one.data(), count);
      kernels(isa).addProduct(a.data(), b.data(), -0.3f, two.data(), count);
      for (size_t i = 0; i < sum.size(); ++i) {
        ASSERT_NEAR(one[i], sum[i] - 0.3 * a[i], 1e-6) << name(isa);
        ASSERT_NEAR(two[i], sum[i] - 0.3 * a[i] * b[i], 2e-6) << name(isa);
      }
    }
  }
}

TEST(KernelsTest, ColumnsAreScaledRowByRow) {
  constexpr int64_t kRows = 5, kStride = 40;
  const Tensor x = reference::random({kRows, kStride}, 8), columns = reference::random({kPanelWidth}, 9);
  const Tensor sum = reference::random({kRows, kPanelWidth}, 10);
  for (const Isa isa : availableIsas()) {
    Tensor result = sum.clone();
    kernels(isa).addColumnScaled(x.data(), kStride, columns.data(), result.data(), kRows);
    for (int64_t r = 0; r < kRows; ++r)
      for (int64_t j = 0; j < kPanelWidth; ++j)
        ASSERT_NEAR(result[r * kPanelWidth + j], double{x[r * kStride + j]} * columns[j] + sum[r * kPanelWidth + j],
                    2e-6);
  }
}

TEST(NormalizationTest, GroupNormMatchesTheDefinitionDespiteALargeMean) {
  ThreadPool pool(2);
  const ExecutionContext context(pool);
  Tensor x = reference::random({2, 9, 13, 24}, 3);
  for (float& v : x.values()) v += 300;
  const Tensor gamma = reference::random({24}, 4), beta = reference::random({24}, 5);
  Tensor expected(x.shape());
  constexpr int64_t kPixels = 9 * 13, kChannels = 24, kSize = 3;
  for (int64_t n = 0; n < 2; ++n)
    for (int64_t g = 0; g < 8; ++g) {
      double mean = 0, variance = 0;
      for (int64_t i = 0; i < kPixels * kSize; ++i)
        mean += x[(n * kPixels + i / kSize) * kChannels + g * kSize + i % kSize];
      mean /= kPixels * kSize;
      for (int64_t i = 0; i < kPixels * kSize; ++i)
        variance += std::pow(x[(n * kPixels + i / kSize) * kChannels + g * kSize + i % kSize] - mean, 2);
      variance /= kPixels * kSize;
      for (int64_t i = 0; i < kPixels * kSize; ++i) {
        const int64_t c = g * kSize + i % kSize, at = (n * kPixels + i / kSize) * kChannels + c;
        const double v = (x[at] - mean) / std::sqrt(variance + 1e-5) * gamma[c] + beta[c];
        expected[at] = static_cast<float>(v / (1 + std::exp(-v)));
      }
    }
  EXPECT_LT(reference::relativeError(groupNorm(context, x, 8, gamma.data(), beta.data(), 1e-5f, true), expected), 1e-5);
}

TEST(NormalizationTest, GroupNormOfOneValuePerGroupGivesTheBias) {
  ThreadPool pool(1);
  const Tensor x = reference::random({1, 1, 1, 32}, 3), gamma = reference::random({32}, 4),
               beta = reference::random({32}, 5);
  const Tensor y = groupNorm(ExecutionContext(pool), x, 32, gamma.data(), beta.data(), 1e-5f, false);
  for (int c = 0; c < 32; ++c) EXPECT_NEAR(y[c], beta[c], 1e-6f);
}

TEST(NormalizationTest, LayerNormMatchesTheDefinition) {
  ThreadPool pool(2);
  for (const int64_t channels : {16, 37, 320}) {
    const Tensor x = reference::random({70, channels}, 3), gamma = reference::random({channels}, 4),
                 beta = reference::random({channels}, 5);
    Tensor expected(x.shape());
    for (int64_t r = 0; r < 70; ++r) {
      double mean = 0, variance = 0;
      for (int64_t c = 0; c < channels; ++c) mean += x[r * channels + c];
      mean /= static_cast<double>(channels);
      for (int64_t c = 0; c < channels; ++c) variance += std::pow(x[r * channels + c] - mean, 2);
      variance /= static_cast<double>(channels);
      for (int64_t c = 0; c < channels; ++c)
        expected[r * channels + c] =
            static_cast<float>((x[r * channels + c] - mean) / std::sqrt(variance + 1e-5) * gamma[c] + beta[c]);
    }
    EXPECT_LT(
        reference::relativeError(layerNorm(ExecutionContext(pool), x, gamma.data(), beta.data(), 1e-5f), expected),
        2e-6);
  }
}

}  // namespace
}  // namespace lorikeet
