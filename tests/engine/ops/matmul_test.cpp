#include "ops/matmul.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace lorikeet
