#include "ops/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

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

TEST(KernelsTest, RowsAndPanelsBecomeTheNearestIntegersOnEveryInstructionSet) {
  constexpr int64_t kDepth = 2 * kIntegerBlock + 34;
  const Tensor row = reference::random({kDepth - 1}, 3), panel = reference::random({kDepth, 32}, 4);
  for (const Isa isa : availableIsas()) {
    std::vector<int16_t> values(kDepth - 1), pairs(kDepth * 32);
    std::vector<float> scales(3), columns(3 * 32);
    kernels(isa).rowToInt16(row.data(), kDepth - 1, values.data(), scales.data());
    for (int64_t i = 0; i < kDepth - 1; ++i) {
      ASSERT_LE(std::abs(values[i]), kLargestRowInteger);
      ASSERT_NEAR(values[i] * scales[i / kIntegerBlock], row[i], 0.501 * scales[i / kIntegerBlock]) << name(isa) << i;
    }
    kernels(isa).panelToInt16(panel.data(), kDepth, pairs.data(), columns.data());
    for (int64_t r = 0; r < kDepth; ++r)
      for (int64_t j = 0; j < 32; ++j) {
        const float scale = columns[r / kIntegerBlock * 32 + j];
        const int16_t value = pairs[(r / 2 * 32 + j) * 2 + r % 2];
        ASSERT_LE(std::abs(value), kLargestWeightInteger);
        ASSERT_NEAR(value * scale, panel[r * 32 + j], 0.501 * scale) << name(isa) << " " << r << " " << j;
      }
  }
}

TEST(KernelsTest, TilesOfIntegersOfAllInstructionSetsAgree) {
  constexpr int64_t kDepth = kIntegerBlock + 22;
  std::vector<int16_t> row(16 * kDepth), panel(kDepth * 32);
  for (size_t i = 0; i < row.size(); ++i) row[i] = static_cast<int16_t>(i * 7919 % 8191 - 4095);
  for (size_t i = 0; i < panel.size(); ++i) panel[i] = static_cast<int16_t>(i * 104729 % 8191 - 4095);
  // one column of the largest magnitudes, whose sum just fits
  for (int64_t k = 0; k < kDepth; ++k) {
    row[k] = kLargestRowInteger;
    panel[(k / 2 * 32 + 5) * 2 + k % 2] = -kLargestWeightInteger;
  }
  const Tensor rowScales = reference::random({16, 2}, 5), panelScales = reference::random({2, 32}, 6);
  for (const Isa isa : availableIsas()) {
    for (int count = 1; count <= kernels(isa).tileRows; ++count) {
      IntegerTileRows rows;
      rows.count = count;
      for (int r = 0; r < count; ++r) {
        rows.values[r] = row.data() + r * kDepth;
        rows.scales[r] = rowScales.data() + r * 2;
      }
      Tensor c({16, 32});
      for (float& v : c.values()) v = 1;
      kernels(isa).tileInt16(rows, {panel.data(), panelScales.data(), kDepth}, c.data(), 32, true);
      for (int r = 0; r < count; ++r)
        for (int j = 0; j < 32; ++j) {
          double expected = 1;
          for (int64_t k = 0; k < kDepth; ++k)
            expected += double{rowScales[r * 2 + k / kIntegerBlock]} * panelScales[k / kIntegerBlock * 32 + j] *
                        row[r * kDepth + k] * panel[(k / 2 * 32 + j) * 2 + k % 2];
          ASSERT_NEAR(c[r * 32 + j], expected, 1e-6 * std::abs(expected) + 50) << name(isa) << " " << r << " " << j;
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
