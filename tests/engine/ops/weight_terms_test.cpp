#include <gtest/gtest.h>

#include "engine/ops/reference.h"
#include "io/tensor_values.h"
#include "ops/channel_term.h"
#include "ops/hadamard_term.h"
#include "ops/input_rotation_term.h"
#include "ops/kronecker_term.h"
#include "ops/matmul.h"
#include "ops/output_rotation_term.h"
#include "ops/stored_term.h"

namespace lorikeet {
namespace {

using reference::random;
using reference::relativeError;

/// up [o][r] times down [r][d], in double.
std::vector<double> termProduct(const Tensor& up, const Tensor& down) {
  const int64_t rank = down.dim(0), depth = down.dim(1);
  std::vector<double> values;
  for (int64_t o = 0; o < up.dim(0); ++o)
    for (int64_t d = 0; d < depth; ++d) {
      double sum = 0;
      for (int64_t r = 0; r < rank; ++r) sum += double{up.data()[o * rank + r]} * down.data()[r * depth + d];
      values.push_back(sum);
    }
  return values;
}

LowRankFactors randomPair(int64_t outputs, int64_t rank, int64_t depth, uint32_t seed, double scale = 1) {
  return {random({outputs, rank}, seed), random({rank, depth}, seed + 1), scale};
}

/// Weights [outputs, inputs, 3, 3] with a term, and what the sum should be in the file's order.
class WeightTermsTest : public ::testing::Test {
 protected:
  static constexpr int64_t kOutputs = 70, kInputs = 12, kTaps = 9, kDepth = kInputs * kTaps;

  /// The values that products see, in the file's order; read in pieces of `step` rows.
  static Tensor values(const PackedWeights& packed, int64_t step) {
    Tensor all(Shape{packed.outputs(), packed.depth()});
    std::vector<float> scratch(static_cast<size_t>(step * kPanelWidth));
    for (int64_t p = 0; p < packed.panelCount(); ++p)
      for (int64_t begin = 0; begin < packed.depth(); begin += step) {
        const int64_t count = std::min(step, packed.depth() - begin);
        const float* panel = packed.panel(p, begin, count, scratch.data());
        for (int64_t r = 0; r < count; ++r)
          for (int64_t n = 0; n < kPanelWidth; ++n) {
            const int64_t output = p * kPanelWidth + n, tap = (begin + r) / packed.inputs();
            if (output >= packed.outputs()) {
              EXPECT_EQ(panel[r * kPanelWidth + n], 0.f);
              continue;
            }
            all.data()[output * packed.depth() + (begin + r) % packed.inputs() * packed.taps() + tap] =
                panel[r * kPanelWidth + n];
          }
      }
    return all;
  }

  void expectSum(const std::shared_ptr<WeightTerm>& term, const std::vector<double>& change) {
    for (const DType type : {DType::F32, DType::F16}) {
      const RawTensor raw = rawFromFloats({kOutputs, kInputs, 3, 3}, weight_.values(), type);
      const Tensor stored = toTensor(raw);
      PackedWeights packed = PackedWeights::pack(context_, raw);
      const Tensor before = values(packed, kDepth);
      packed.setTerms({term});
      for (const double factor : {1.0, -0.5}) {
        term->setFactor(factor);
        Tensor expected({kOutputs, kDepth});
        for (size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<float>(stored[i] + factor * change[i]);
        const Tensor whole = values(packed, kDepth);
        EXPECT_LT(relativeError(whole, expected), 2e-6) << factor;
        EXPECT_EQ(relativeError(values(packed, 17), whole), 0.0) << "depends on how a panel is cut";
        EXPECT_EQ(relativeError(values(packed.merged(context_), kDepth), whole), 0.0) << "merging changes bits";
      }
      packed.setTerms({});
      EXPECT_EQ(relativeError(values(packed, kDepth), before), 0.0) << "something is left";
    }
  }

  Tensor weight_ = random({kOutputs, kDepth}, 99);
  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
};

TEST_F(WeightTermsTest, LowRankPairsLieSideBySide) {
  std::vector<LowRankFactors> pairs;
  pairs.push_back(randomPair(kOutputs, 3, kDepth, 1, 0.5));
  pairs.push_back(randomPair(kOutputs, 5, kDepth, 3, 2));
  const auto term = std::make_shared<LowRankTerm>(pairs, kTaps);
  EXPECT_EQ(term->rank(), 8);
  std::vector<double> change = termProduct(pairs[0].up, pairs[0].down);
  const std::vector<double> second = termProduct(pairs[1].up, pairs[1].down);
  for (size_t i = 0; i < change.size(); ++i) change[i] = 0.5 * change[i] + 2 * second[i];
  expectSum(term, change);
}

TEST_F(WeightTermsTest, PairsHaveFactorsOfTheirOwn) {
  std::vector<LowRankFactors> pairs;
  pairs.push_back(randomPair(kOutputs, 2, kDepth, 5));
  pairs.push_back(randomPair(kOutputs, 2, kDepth, 7));
  LowRankTerm term(pairs, kTaps);
  term.setFactor(0, 3);
  term.setFactor(1, 0);
  PackedWeights packed = PackedWeights::pack(context_, {kOutputs, kInputs, 3, 3}, weight_.data());
  packed.setTerms({std::shared_ptr<const WeightTerm>(&term, [](const WeightTerm*) {})});
  Tensor expected({kOutputs, kDepth});
  const std::vector<double> change = termProduct(pairs[0].up, pairs[0].down);
  for (size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<float>(weight_[i] + 3 * change[i]);
  EXPECT_LT(relativeError(values(packed, kDepth), expected), 2e-6);
}

TEST_F(WeightTermsTest, HadamardMultipliesTwoProducts) {
  LowRankFactors first = randomPair(kOutputs, 4, kDepth, 11, 0.25), second = randomPair(kOutputs, 6, kDepth, 13);
  std::vector<double> change = termProduct(first.up, first.down);
  const std::vector<double> other = termProduct(second.up, second.down);
  for (size_t i = 0; i < change.size(); ++i) change[i] *= 0.25 * other[i];
  expectSum(std::make_shared<HadamardTerm>(std::move(first), std::move(second), kTaps), change);
}

/// Factors of every proportion, such as outputs of the second that no panel begins with.
TEST_F(WeightTermsTest, KroneckerRepeatsTheSecondFactor) {
  for (const auto& [rows, columns] : {std::array<int64_t, 2>{7, 3}, {2, 12}, {70, 1}, {1, 4}, {10, 6}}) {
    const int64_t rows2 = kOutputs / rows, columns2 = kInputs / columns;
    const Tensor first = random({rows, columns}, 17), second = random({rows2, columns2 * kTaps}, 19);
    std::vector<double> change;
    for (int64_t o = 0; o < kOutputs; ++o)
      for (int64_t i = 0; i < kInputs; ++i)
        for (int64_t t = 0; t < kTaps; ++t)
          change.push_back(1.5 * double{first.data()[o / rows2 * columns + i / columns2]} *
                           second.data()[(o % rows2 * columns2 + i % columns2) * kTaps + t]);
    expectSum(std::make_shared<KroneckerTerm>(first, second, kTaps, 1.5), change);
  }
}

TEST_F(WeightTermsTest, ChannelsScaleTheWeightAndAChange) {
  using Axis = ChannelTerm::Axis;
  for (const auto axis : {Axis::Outputs, Axis::Inputs}) {
    const Tensor gains = random({axis == Axis::Outputs ? kOutputs : kInputs}, 23);
    const LowRankFactors pair = randomPair(kOutputs, 4, kDepth, 29);
    const auto inner = std::make_shared<LowRankTerm>(std::span(&pair, 1), kTaps);
    const std::vector<double> product = termProduct(pair.up, pair.down);
    for (const bool hasChange : {false, true}) {
      // In f16 the stored values are rounded; only what f32 holds exactly is compared for both.
      for (float& v : weight_.values()) v = f16ToF32(f32ToF16(v));
      std::vector<double> change;
      for (int64_t o = 0; o < kOutputs; ++o)
        for (int64_t d = 0; d < kDepth; ++d) {
          const double gain = gains.data()[axis == Axis::Outputs ? o : d / kTaps];
          const auto at = static_cast<size_t>(o * kDepth + d);
          change.push_back(gain * weight_[at] + (hasChange ? (1 + gain) * product[at] : 0));
        }
      expectSum(std::make_shared<ChannelTerm>(gains, axis, kTaps, hasChange ? inner : nullptr), change);
    }
  }
}

TEST_F(WeightTermsTest, StoredDifferencesKeepTheirType) {
  const Tensor difference = random({kOutputs, kDepth}, 31);
  for (const DType type : {DType::F32, DType::F16}) {
    const RawTensor raw = rawFromFloats({kOutputs, kInputs, 3, 3}, difference.values(), type);
    const std::vector<float> rounded = toFloats(raw);
    expectSum(std::make_shared<StoredTerm>(PackedWeights::pack(context_, raw)),
              std::vector<double>(rounded.begin(), rounded.end()));
  }
}

/// Blocks within a panel, across panels, and of the whole weight.
TEST_F(WeightTermsTest, RotationsMixOutputsOfABlock) {
  for (float& v : weight_.values()) v = f16ToF32(f32ToF16(v));
  for (const int64_t n : {2, 7, 35, 70}) {
    std::vector<Tensor> blocks;
    for (int64_t b = 0; b < kOutputs / n; ++b) blocks.push_back(random({n, n}, static_cast<uint32_t>(50 + b)));
    std::vector<double> change;
    for (int64_t o = 0; o < kOutputs; ++o)
      for (int64_t d = 0; d < kDepth; ++d) {
        double sum = -weight_.data()[o * kDepth + d];
        for (int64_t j = 0; j < n; ++j)
          sum += double{blocks[static_cast<size_t>(o / n)].data()[o % n * n + j]} *
                 weight_.data()[(o / n * n + j) * kDepth + d];
        change.push_back(sum);
      }
    expectSum(std::make_shared<OutputRotationTerm>(std::move(blocks), std::vector<float>()), change);
  }
}

/// s ((m R + (1 - m) I) W) - W, which is not proportional to m.
TEST_F(WeightTermsTest, RotationsMayRescaleTheirOutputs) {
  const int64_t n = 10;
  const Tensor rescale = random({kOutputs}, 61);
  std::vector<Tensor> blocks;
  for (int64_t b = 0; b < kOutputs / n; ++b) blocks.push_back(random({n, n}, static_cast<uint32_t>(70 + b)));
  Tensor expected({kOutputs, kDepth});
  for (int64_t o = 0; o < kOutputs; ++o)
    for (int64_t d = 0; d < kDepth; ++d) {
      double sum = 0.7 * weight_.data()[o * kDepth + d];
      for (int64_t j = 0; j < n; ++j)
        sum += 0.3 * blocks[static_cast<size_t>(o / n)].data()[o % n * n + j] *
               weight_.data()[(o / n * n + j) * kDepth + d];
      expected.data()[o * kDepth + d] = static_cast<float>(rescale.data()[o] * sum);
    }
  const auto term = std::make_shared<OutputRotationTerm>(
      std::move(blocks), std::vector<float>(rescale.values().begin(), rescale.values().end()));
  term->setFactor(0.3);
  PackedWeights packed = PackedWeights::pack(context_, {kOutputs, kInputs, 3, 3}, weight_.data());
  packed.setTerms({term});
  EXPECT_LT(relativeError(values(packed, kDepth), expected), 2e-6);
}

TEST_F(WeightTermsTest, RotationsMixInputsOfABlock) {
  const int64_t inputs = 60;
  Tensor w = random({kOutputs, inputs}, 81);
  for (const int64_t n : {5, 12, 60}) {
    for (const bool isShared : {false, true}) {
      std::vector<Tensor> blocks;
      for (int64_t b = 0; b < (isShared ? 1 : inputs / n); ++b)
        blocks.push_back(random({n, n}, static_cast<uint32_t>(90 + b)));
      Tensor expected(w.shape());
      for (int64_t o = 0; o < kOutputs; ++o)
        for (int64_t i = 0; i < inputs; ++i) {
          const Tensor& block = blocks[isShared ? 0 : static_cast<size_t>(i / n)];
          double sum = 0.5 * w.data()[o * inputs + i];
          for (int64_t j = 0; j < n; ++j)
            sum += 0.5 * block.data()[i % n * n + j] * w.data()[o * inputs + i / n * n + j];
          expected.data()[o * inputs + i] = static_cast<float>(sum);
        }
      const auto term = std::make_shared<InputRotationTerm>(std::move(blocks));
      term->setFactor(0.5);
      PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
      packed.setTerms({term});
      const Tensor whole = values(packed, inputs);
      EXPECT_LT(relativeError(whole, expected), 2e-6) << n;
      EXPECT_EQ(relativeError(values(packed, 7), whole), 0.0) << n;
    }
  }
}

/// Rows are cut into other blocks than without terms, and differently for other numbers of threads.
TEST_F(WeightTermsTest, ProductsAreThoseOfTheSumForAnyNumberOfThreads) {
  const int64_t inputs = 40, outputs = 100;
  const Tensor x = random({3000, inputs}, 37), w = random({outputs, inputs}, 41);
  const LowRankFactors pair = randomPair(outputs, 8, inputs, 43);
  PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
  packed.setTerms({std::make_shared<LowRankTerm>(std::span(&pair, 1), 1)});
  const PackedWeights merged = packed.merged(context_);
  EXPECT_FALSE(merged.hasTerms());
  const Tensor expected = matmul(context_, x, merged);
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    const ExecutionContext context(pool);
    EXPECT_EQ(relativeError(matmul(context, x, packed), expected), 0.0) << threads;
  }
}

TEST_F(WeightTermsTest, TheClockRunsWhileTermsAreAdded) {
  PackedWeights packed = PackedWeights::pack(context_, {kOutputs, kInputs, 3, 3}, weight_.data());
  const auto clock = std::make_shared<std::atomic<int64_t>>(0);
  const LowRankFactors pair = randomPair(kOutputs, 4, kDepth, 47);
  packed.setTerms({std::make_shared<LowRankTerm>(std::span(&pair, 1), kTaps)}, clock);
  EXPECT_EQ(*clock, 0);
  values(packed, kDepth);
  EXPECT_GT(*clock, 0);
}

}  // namespace
}  // namespace lorikeet
