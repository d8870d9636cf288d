#include <gtest/gtest.h>

#include <bit>

#include "engine/ops/reference.h"
#include "ops/kernels.h"
#include "ops/matmul.h"
#include "ops/pack_panels.h"
#include "ops/stored_term.h"

namespace lorikeet {
namespace {

using reference::random;
using reference::relativeError;

class WeightStorageTest : public ::testing::Test {
 protected:
  PackedWeights packed(const Tensor& w, WeightStorage storage) const {
    return PackedWeights::pack(context_, w.shape(), w.data(), storage);
  }
  /// All values, [panel][depth][32], asked for `step` rows at a time.
  static Tensor valuesOf(const PackedWeights& weights, int64_t step) {
    Tensor all({weights.panelCount(), weights.depth(), kPanelWidth});
    std::vector<float> scratch(static_cast<size_t>(step) * kPanelWidth);
    for (int64_t p = 0; p < weights.panelCount(); ++p)
      for (int64_t d = 0; d < weights.depth(); d += step) {
        const int64_t count = std::min(step, weights.depth() - d);
        std::copy_n(weights.panel(p, d, count, scratch.data()), count * kPanelWidth,
                    all.data() + (p * weights.depth() + d) * kPanelWidth);
      }
    return all;
  }
  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
};

const std::array<Shape, 4> kShapes{Shape{70, 100}, Shape{32, 64}, Shape{96, 33, 3, 3}, Shape{64, 320, 1, 1}};

/// Every value is within half a step of what it was, and a step is a 127th of the largest one beside it.
TEST_F(WeightStorageTest, Int8IsOffByHalfAStepAtMost) {
  for (const Shape& shape : kShapes) {
    const Tensor w = random(shape, 1);
    const Tensor exact = valuesOf(packed(w, WeightStorage::AsInFile), 64);
    const Tensor coarse = valuesOf(packed(w, WeightStorage::Int8), 64);
    const int64_t inputs = shape[1], rows = exact.dim(1);
    for (int64_t column = 0; column < exact.dim(0) * kPanelWidth; ++column)
      for (int64_t begin = 0, end = 0; begin < rows; begin = end) {
        const auto at = [&](const Tensor& t, int64_t row) {
          return t[(column / kPanelWidth * rows + row) * kPanelWidth + column % kPanelWidth];
        };
        end = std::min({begin + kScaleRows - begin % inputs % kScaleRows, (begin / inputs + 1) * inputs});
        float largest = 0;
        for (int64_t row = begin; row < end; ++row) largest = std::max(largest, std::abs(at(exact, row)));
        for (int64_t row = begin; row < end; ++row)
          ASSERT_LE(std::abs(at(coarse, row) - at(exact, row)), largest / 254 * 1.0001F) << column << " " << row;
      }
  }
}

TEST_F(WeightStorageTest, Int8TakesLittleMoreThanAByteAWeight) {
  const Tensor w = random({320, 640}, 2);
  const double bytes = static_cast<double>(packed(w, WeightStorage::Int8).byteSize());
  EXPECT_DOUBLE_EQ(bytes / static_cast<double>(w.size()), 1.0625);
  EXPECT_EQ(packed(w, WeightStorage::Bits16).byteSize(), static_cast<int64_t>(2 * w.size()));
}

TEST_F(WeightStorageTest, ProductsFollowTheStoredValues) {
  const Tensor x = random({90, 320}, 3), w = random({100, 320}, 4);
  const Tensor exact = matmul(context_, x, packed(w, WeightStorage::AsInFile));
  const Tensor int8 = matmul(context_, x, packed(w, WeightStorage::Int8));
  EXPECT_LT(relativeError(int8, exact), 0.01);
  EXPECT_GT(relativeError(int8, exact), 0);
  EXPECT_LT(relativeError(matmul(context_, x, packed(w, WeightStorage::Bits16)), exact), 0.003);
}

/// The same panels serve direct and Winograd convolution, and the gradient's, however they are cut.
TEST_F(WeightStorageTest, Int8PanelsDoNotDependOnHowTheyAreCut) {
  for (const Shape& shape : kShapes) {
    const PackedWeights weights = packed(random(shape, 5), WeightStorage::Int8);
    const Tensor whole = valuesOf(weights, weights.depth());
    for (const int64_t step : {1, 7, 64, 100}) EXPECT_EQ(relativeError(valuesOf(weights, step), whole), 0) << step;
    const PackedWeights turned = weights.transposed();
    const Tensor turnedValues = valuesOf(turned, 50);
    for (int64_t output = 0; output < weights.outputs(); ++output)
      for (int64_t row = 0; row < weights.depth(); ++row) {
        const int64_t tap = row / weights.inputs(), input = row % weights.inputs();
        const int64_t turnedRow = (weights.taps() - 1 - tap) * weights.outputs() + output;
        ASSERT_EQ(turnedValues[(input / kPanelWidth * turned.depth() + turnedRow) * kPanelWidth + input % kPanelWidth],
                  whole[(output / kPanelWidth * weights.depth() + row) * kPanelWidth + output % kPanelWidth]);
      }
  }
}

TEST_F(WeightStorageTest, WinogradAndDirectConvolutionSeeTheSameWeights) {
  const Tensor x = random({1, 20, 24, 64}, 6), w = random({64, 64, 3, 3}, 7);
  const PackedWeights weights = packed(w, WeightStorage::Int8);
  const ConvolutionGeometry geometry{3, 1, 1, 1, 0, 0};
  EXPECT_LT(relativeError(winogradConvolution(context_, x, weights, geometry, {}),
                          directConvolution(context_, x, weights, geometry, {})),
            2e-5);
}

TEST_F(WeightStorageTest, LayersOfFewChannelsKeepSixteenBits) {
  for (const Shape& shape : {Shape{4, 320, 3, 3}, Shape{320, 4, 3, 3}}) {
    const Tensor w = random(shape, 8);
    const Tensor exact = valuesOf(packed(w, WeightStorage::AsInFile), 64);
    EXPECT_LT(relativeError(valuesOf(packed(w, WeightStorage::Int8), 64), exact), 1.0 / 256);
  }
}

TEST_F(WeightStorageTest, SixteenBitFilesStayAsTheyAre) {
  const Tensor w = random({40, 50}, 9);
  auto bits = std::make_shared<std::vector<uint16_t>>();
  for (const float v : w.values()) bits->push_back(f32ToF16(v));
  const RawTensor raw{DType::F16, w.shape(), std::as_bytes(std::span(*bits)), bits};
  const PackedWeights plain = PackedWeights::pack(context_, raw);
  const PackedWeights same = PackedWeights::pack(context_, raw, WeightStorage::Bits16);
  EXPECT_EQ(relativeError(valuesOf(same, 50), valuesOf(plain, 50)), 0);
}

TEST_F(WeightStorageTest, ZerosAndTinyValuesMakeNoNonsense) {
  Tensor w = Tensor::zeros({64, 128});
  w[5] = 1e-38F;
  w[200] = 1e-20F;
  const Tensor values = valuesOf(packed(w, WeightStorage::Int8), 128);
  for (const float v : values.values()) ASSERT_TRUE(std::isfinite(v));
  EXPECT_NEAR(values[72 * kPanelWidth + 1] / 1e-20F, 1, 1e-6);  // w[1][72]
}

TEST_F(WeightStorageTest, TermsAreAddedToTheStoredValues) {
  const Tensor w = random({70, 100}, 10), difference = random({70, 100}, 11);
  PackedWeights weights = packed(w, WeightStorage::Int8);
  const Tensor stored = valuesOf(weights, 100), added = valuesOf(packed(difference, WeightStorage::AsInFile), 100);
  weights.setTerms({std::make_shared<StoredTerm>(packed(difference, WeightStorage::AsInFile))});
  Tensor sum(stored.shape());
  for (size_t i = 0; i < sum.size(); ++i) sum[i] = stored[i] + added[i];
  EXPECT_EQ(relativeError(valuesOf(weights, 100), sum), 0);
  EXPECT_EQ(relativeError(valuesOf(weights.merged(context_), 100), sum), 0);
  weights.setTerms({});
  EXPECT_EQ(relativeError(valuesOf(weights, 100), stored), 0);
}

TEST_F(WeightStorageTest, TheNumberOfThreadsChangesNothing) {
  ThreadPool one(1);
  const ExecutionContext alone(one);
  const Tensor w = random({200, 70, 3, 3}, 12);
  EXPECT_EQ(relativeError(valuesOf(PackedWeights::pack(alone, w.shape(), w.data(), WeightStorage::Int8), 630),
                          valuesOf(packed(w, WeightStorage::Int8), 630)),
            0);
}

TEST_F(WeightStorageTest, InstructionSetsGiveTheSameBits) {
  const Tensor x = random({kScaleRows, kPanelWidth}, 13);
  const Kernels& plain = kernels(Isa::Generic);
  for (int isa = 0; isa <= static_cast<int>(activeIsa()); ++isa) {
    const Kernels& k = kernels(static_cast<Isa>(isa));
    std::vector<float> largest(kPanelWidth), expected(kPanelWidth), rates(kPanelWidth);
    plain.largestOfColumns(x.data(), kScaleRows, expected.data());
    k.largestOfColumns(x.data(), kScaleRows, largest.data());
    EXPECT_EQ(largest, expected);
    for (int j = 0; j < kPanelWidth; ++j) rates[j] = 127 / largest[j];
    std::vector<int8_t> numbers(x.size()), expectedNumbers(x.size());
    plain.f32ToInt8(x.data(), rates.data(), expectedNumbers.data(), kScaleRows);
    k.f32ToInt8(x.data(), rates.data(), numbers.data(), kScaleRows);
    EXPECT_EQ(numbers, expectedNumbers);
    EXPECT_EQ(*std::max_element(numbers.begin(), numbers.end()), 127);
    std::vector<float> wide(x.size()), expectedWide(x.size());
    plain.int8ToF32(numbers.data(), largest.data(), expectedWide.data(), kScaleRows);
    k.int8ToF32(numbers.data(), largest.data(), wide.data(), kScaleRows);
    EXPECT_EQ(wide, expectedWide);
    std::vector<uint16_t> narrow(x.size());
    k.f32ToBf16(x.data(), narrow.data(), static_cast<int64_t>(x.size()));
    for (size_t i = 0; i < x.size(); ++i) EXPECT_EQ(narrow[i], f32ToBf16(x[i]));
  }
}

}  // namespace
}  // namespace lorikeet
