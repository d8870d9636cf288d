#include "ops/matmul.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/ops/reference.h"

namespace lorikeet {
namespace {

using reference::random;
using reference::relativeError;

class MatmulTest : public ::testing::Test {
 protected:
  static Tensor plain(const Tensor& x, const Tensor& w) {
    const int64_t inputs = w.dim(1), outputs = w.dim(0), rows = static_cast<int64_t>(x.size()) / inputs;
    Tensor y({rows, outputs});
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t n = 0; n < outputs; ++n) {
        double sum = 0;
        for (int64_t i = 0; i < inputs; ++i) sum += double{x[r * inputs + i]} * w[n * inputs + i];
        y[r * outputs + n] = static_cast<float>(sum);
      }
    return y;
  }
  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
};

TEST_F(MatmulTest, AgreesWithPlainLoopsForOddSizes) {
  for (const auto& [rows, inputs, outputs] :
       {std::array<int64_t, 3>{1, 16, 16}, {77, 16, 64}, {200, 1300, 70}, {3, 5, 1}}) {
    const Tensor x = random({rows, inputs}, 1), w = random({outputs, inputs}, 2);
    const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
    EXPECT_LT(relativeError(matmul(context_, x, packed), plain(x, w)), 2e-6) << rows << " " << inputs << " " << outputs;
  }
}

TEST_F(MatmulTest, SixteenBitWeightsGiveTheBytesOfTheirF32Values) {
  const Tensor x = random({50, 96}, 3);
  Tensor w = random({80, 96}, 4);
  for (const DType type : {DType::F16, DType::BF16}) {
    auto bits = std::make_shared<std::vector<uint16_t>>();
    for (float& v : w.values()) {
      bits->push_back(type == DType::F16 ? f32ToF16(v) : f32ToBf16(v));
      v = type == DType::F16 ? f16ToF32(bits->back()) : bf16ToF32(bits->back());
    }
    const PackedWeights narrow =
        PackedWeights::pack(context_, {type, w.shape(), std::as_bytes(std::span(*bits)), bits});
    const PackedWeights wide = PackedWeights::pack(context_, w.shape(), w.data());
    EXPECT_EQ(relativeError(matmul(context_, x, narrow), matmul(context_, x, wide)), 0.0);
  }
}

TEST_F(MatmulTest, GegluMultipliesByGeluOfTheSecondHalf) {
  const Tensor x = random({30, 32}, 5), w = random({128, 32}, 6), bias = random({128}, 7);
  const Tensor both = plain(x, w);
  Tensor expected({30, 64});
  for (int64_t r = 0; r < 30; ++r)
    for (int64_t n = 0; n < 64; ++n) {
      const double value = both[r * 128 + n] + bias[n], gate = both[r * 128 + 64 + n] + bias[64 + n];
      expected[r * 64 + n] = static_cast<float>(value * 0.5 * gate * (1 + std::erf(gate / std::sqrt(2.0))));
    }
  ProductEpilogue epilogue;
  epilogue.bias = bias.data();
  epilogue.geglu = true;
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  EXPECT_LT(relativeError(matmul(context_, x, packed, epilogue), expected), 2e-6);
}

TEST_F(MatmulTest, FewerBitsComeCloseToTheF32Product) {
  for (const reference::Reduced& reduced : reference::kReduced)
    for (const auto& [rows, inputs, outputs] :
         {std::array<int64_t, 3>{64, 64, 32}, {77, 132, 64}, {200, 1300, 70}, {700, 320, 96}, {400, 2560, 64}}) {
      const Tensor x = random({rows, inputs}, 1), w = random({outputs, inputs}, 2);
      const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
      const double error = relativeError(matmul(context_.withArithmetic(reduced.arithmetic), x, packed), plain(x, w));
      EXPECT_LT(error, reduced.product) << rows << " " << inputs << " " << outputs;
      EXPECT_GT(error, 1e-5) << "these are not fewer bits";
    }
}

TEST_F(MatmulTest, FewerBitsGiveTheSameBytesForAnyNumberOfThreads) {
  const Tensor x = random({700, 320}, 1), w = random({96, 320}, 2);
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  ThreadPool one(1), three(3);
  for (const reference::Reduced& reduced : reference::kReduced) {
    const Tensor a = matmul(ExecutionContext(one).withArithmetic(reduced.arithmetic), x, packed);
    const Tensor b = matmul(ExecutionContext(three).withArithmetic(reduced.arithmetic), x, packed);
    EXPECT_EQ(relativeError(a, b), 0.0);
  }
}

TEST_F(MatmulTest, ProductsOfFewRowsOrOfDepthsThatDoNotFillLanesStayF32) {
  for (const auto& [rows, inputs] : {std::array<int64_t, 2>{8, 320}, {128, 321}}) {
    const Tensor x = random({rows, inputs}, 1), w = random({96, inputs}, 2);
    const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
    for (const reference::Reduced& reduced : reference::kReduced)
      EXPECT_EQ(
          relativeError(matmul(context_.withArithmetic(reduced.arithmetic), x, packed), matmul(context_, x, packed)),
          0.0);
  }
}

TEST_F(MatmulTest, FewerBitsPassOnWhatIsNotFinite) {
  Tensor x = random({64, 256}, 1), w = random({64, 256}, 2);
  x[5 * 256 + 200] = std::numeric_limits<float>::infinity();
  w[7 * 256 + 3] = std::numeric_limits<float>::quiet_NaN();
  const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  for (const reference::Reduced& reduced : reference::kReduced) {
    const Tensor y = matmul(context_.withArithmetic(reduced.arithmetic), x, packed);
    for (int64_t r = 0; r < 64; ++r)
      for (int64_t n = 0; n < 64; ++n) EXPECT_EQ(std::isfinite(y[r * 64 + n]), r != 5 && n != 7) << r << " " << n;
  }
}

TEST_F(MatmulTest, FewerBitsOfExtremeMagnitudesDoNotOverflow) {
  Tensor x({64, 512}), w({64, 512});
  for (const reference::Reduced& reduced : reference::kReduced) {
    for (float& v : x.values()) v = 3e37f;
    for (float& v : w.values()) v = 2e-29f;
    const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
    const ExecutionContext context = context_.withArithmetic(reduced.arithmetic);
    EXPECT_LT(relativeError(matmul(context, x, packed), plain(x, w)),
              reduced.arithmetic == Arithmetic::Bf16 ? reduced.product : 1e-5);
    for (float& v : x.values()) v = -1e-37f;
    const Tensor tiny = matmul(context, x, packed);
    for (size_t i = 0; i < tiny.size(); ++i) EXPECT_TRUE(std::abs(tiny[i]) < 1e-30F);
  }
}

}  // namespace
}  // namespace lorikeet
