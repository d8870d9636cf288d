#include "ops/convolution.h"

#include <gtest/gtest.h>

#include <cstring>

#include "engine/ops/reference.h"

namespace lorikeet {
namespace {

using reference::random;
using reference::relativeError;

struct ConvolutionCase {
  int64_t images, height, width, inputs, outputs;
  ConvolutionGeometry geometry;
};

class ConvolutionTest : public ::testing::TestWithParam<ConvolutionCase> {
 protected:
  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
};

TEST_P(ConvolutionTest, AgreesWithPlainLoops) {
  const ConvolutionCase& c = GetParam();
  const Tensor x = random({c.images, c.height, c.width, c.inputs}, 1);
  const Tensor w = random({c.outputs, c.inputs, c.geometry.kernel, c.geometry.kernel}, 2);
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  const Tensor expected = reference::convolution(x, w, c.geometry);
  EXPECT_LT(relativeError(directConvolution(context_, x, packed, c.geometry), expected), 2e-6);
  EXPECT_LT(relativeError(convolution(context_, x, packed, c.geometry), expected), 1e-5);
  if (c.geometry.kernel == 3 && c.geometry.stride == 1 && c.geometry.padAfter == 1) {
    EXPECT_LT(relativeError(winogradConvolution(context_, x, packed, c.geometry), expected), 1e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ConvolutionTest,
                         ::testing::Values(ConvolutionCase{2, 8, 8, 4, 40, {}}, ConvolutionCase{1, 17, 19, 33, 65, {}},
                                           ConvolutionCase{2, 16, 16, 64, 96, {}},
                                           ConvolutionCase{1, 65, 70, 32, 36, {}}, ConvolutionCase{1, 1, 1, 32, 32, {}},
                                           ConvolutionCase{2, 9, 6, 16, 3, {1, 1, 0, 0}},
                                           ConvolutionCase{2, 9, 12, 16, 24, {3, 2, 1, 1}},
                                           ConvolutionCase{1, 8, 10, 16, 24, {3, 2, 0, 1}},
                                           ConvolutionCase{2, 5, 7, 16, 40, {3, 1, 1, 1, 10, 14}},
                                           ConvolutionCase{1, 5, 7, 33, 40, {3, 1, 1, 1, 9, 13}}));

TEST_F(ConvolutionTest, EpilogueAddsBiasImageBiasAndResidualAroundTheActivation) {
  const Tensor x = random({2, 18, 18, 32}, 3), w = random({40, 32, 3, 3}, 4);
  const Tensor bias = random({40}, 5), imageBias = random({2, 40}, 6), residual = random({2, 18, 18, 40}, 7);
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  Tensor expected = reference::convolution(x, w, {});
  for (size_t i = 0; i < expected.size(); ++i) {
    const double v = expected[i] + bias[i % 40] + imageBias[i / (18 * 18 * 40) * 40 + i % 40];
    expected[i] = static_cast<float>(v / (1 + std::exp(-v)) + residual[i]);
  }
  const ProductEpilogue epilogue{bias.data(), imageBias.data(), 0, Activation::Silu, false, residual.data()};
  EXPECT_LT(relativeError(directConvolution(context_, x, packed, {}, epilogue), expected), 2e-6);
  EXPECT_LT(relativeError(winogradConvolution(context_, x, packed, {}, epilogue), expected), 1e-5);
}

TEST_F(ConvolutionTest, ReadsTwoPartsAsTheirConcatenation) {
  const Tensor a = random({2, 16, 16, 32}, 8), b = random({2, 16, 16, 48}, 9), w = random({64, 80, 3, 3}, 10);
  Tensor joined({2, 16, 16, 80});
  for (int64_t p = 0; p < 2 * 16 * 16; ++p) {
    std::memcpy(joined.data() + p * 80, a.data() + p * 32, 32 * sizeof(float));
    std::memcpy(joined.data() + p * 80 + 32, b.data() + p * 48, 48 * sizeof(float));
  }
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  const Tensor expected = reference::convolution(joined, w, {});
  EXPECT_LT(relativeError(directConvolution(context_, FeatureMap(a, b), packed, {}), expected), 2e-6);
  EXPECT_LT(relativeError(winogradConvolution(context_, FeatureMap(a, b), packed, {}), expected), 1e-5);
}

TEST_F(ConvolutionTest, BytesDoNotDependOnThreadsOrBatch) {
  const Tensor x = random({3, 20, 24, 64}, 11), w = random({96, 64, 3, 3}, 12);
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  const Tensor together = convolution(context_, x, packed, {});
  ThreadPool five(5);
  const Tensor spread = convolution(ExecutionContext(five), x, packed, {});
  EXPECT_EQ(std::memcmp(together.data(), spread.data(), together.size() * sizeof(float)), 0);
  const size_t imageSize = 20 * 24 * 64;
  for (int n = 0; n < 3; ++n) {
    const Tensor one = Tensor::from({1, 20, 24, 64}, x.values().subspan(n * imageSize, imageSize));
    const Tensor alone = convolution(context_, one, packed, {});
    EXPECT_EQ(std::memcmp(together.data() + n * alone.size(), alone.data(), alone.size() * sizeof(float)), 0);
  }
}

TEST_F(ConvolutionTest, StopsBetweenBlocks) {
  std::stop_source stop;
  stop.request_stop();
  const Tensor x = random({1, 16, 16, 32}, 1), w = random({32, 32, 3, 3}, 2);
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  const ExecutionContext stopped(pool_, stop.get_token());
  EXPECT_THROW(convolution(stopped, x, packed, {}), Stopped);
}

TEST_F(ConvolutionTest, FewerBitsComeCloseToPlainLoops) {
  for (const ConvolutionCase& c : {ConvolutionCase{1, 18, 19, 132, 65, {}},
                                   {2, 16, 16, 64, 96, {}},
                                   {1, 65, 70, 32, 36, {}},
                                   {2, 9, 12, 16, 40, {3, 2, 1, 1}},
                                   {2, 5, 7, 64, 40, {3, 1, 1, 1, 10, 14}},
                                   {1, 16, 16, 320, 32, {}}}) {
    const Tensor x = random({c.images, c.height, c.width, c.inputs}, 1);
    const Tensor w = random({c.outputs, c.inputs, c.geometry.kernel, c.geometry.kernel}, 2);
    const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
    const Tensor expected = reference::convolution(x, w, c.geometry);
    for (const reference::Reduced& reduced : reference::kReduced) {
      const ExecutionContext context = context_.withArithmetic(reduced.arithmetic);
      EXPECT_LT(relativeError(directConvolution(context, x, packed, c.geometry), expected), reduced.product);
      if (c.geometry.stride != 1) continue;
      const double error = relativeError(winogradConvolution(context, x, packed, c.geometry), expected);
      EXPECT_LT(error, reduced.winograd);
      EXPECT_TRUE(error > 1e-5 || reduced.arithmetic == Arithmetic::Bf16) << "these are not integers";
    }
  }
}

TEST_F(ConvolutionTest, FewerBitsReadTwoPartsAsTheirConcatenation) {
  const Tensor a = random({2, 16, 16, 96}, 8), b = random({2, 16, 16, 80}, 9), w = random({64, 176, 3, 3}, 10);
  Tensor joined({2, 16, 16, 176});
  for (int64_t p = 0; p < 2 * 16 * 16; ++p) {
    std::memcpy(joined.data() + p * 176, a.data() + p * 96, 96 * sizeof(float));
    std::memcpy(joined.data() + p * 176 + 96, b.data() + p * 80, 80 * sizeof(float));
  }
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  const Tensor expected = reference::convolution(joined, w, {});
  for (const reference::Reduced& reduced : reference::kReduced) {
    const ExecutionContext context = context_.withArithmetic(reduced.arithmetic);
    EXPECT_LT(relativeError(directConvolution(context, FeatureMap(a, b), packed, {}), expected), reduced.product);
    EXPECT_EQ(relativeError(winogradConvolution(context, FeatureMap(a, b), packed, {}),
                            winogradConvolution(context, joined, packed, {})),
              0.0);
  }
}

TEST_F(ConvolutionTest, BytesOfFewerBitsDoNotDependOnThreadsOrBatch) {
  const Tensor x = random({3, 20, 24, 64}, 11), w = random({96, 64, 3, 3}, 12);
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  ThreadPool five(5);
  for (const auto algorithm : {winogradConvolution, directConvolution})
    for (const reference::Reduced& reduced : reference::kReduced) {
      const Tensor together = algorithm(context_.withArithmetic(reduced.arithmetic), x, packed, {}, {});
      const Tensor spread = algorithm(ExecutionContext(five).withArithmetic(reduced.arithmetic), x, packed, {}, {});
      EXPECT_EQ(std::memcmp(together.data(), spread.data(), together.size() * sizeof(float)), 0);
      const size_t imageSize = 20 * 24 * 64;
      for (int n = 0; n < 3; ++n) {
        const Tensor one = Tensor::from({1, 20, 24, 64}, x.values().subspan(n * imageSize, imageSize));
        const Tensor alone = algorithm(context_.withArithmetic(reduced.arithmetic), one, packed, {}, {});
        EXPECT_EQ(std::memcmp(together.data() + n * alone.size(), alone.data(), alone.size() * sizeof(float)), 0);
      }
    }
}

}  // namespace
}  // namespace lorikeet
