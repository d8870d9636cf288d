#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/numpy_rng.h"
#include "ops/activation_gradient.h"
#include "ops/attention.h"
#include "ops/attention_gradient.h"
#include "ops/convolution_gradient.h"
#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/normalization.h"
#include "ops/normalization_gradient.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using testing::closeTo;

Tensor randomTensor(uint64_t seed, const Shape& shape) {
  Tensor t(shape);
  NumpyRng(seed).normal(t.values());
  return t;
}

double dot(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

/// A gradient against central differences of <weights, f(x)> along random directions.
void expectGradient(const Tensor& x, const Tensor& gradient, const Tensor& weights,
                    const std::function<Tensor(const Tensor&)>& f, double tolerance = 2e-3) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const Tensor direction = randomTensor(900 + seed, x.shape());
    constexpr float kStep = 1e-2F;
    Tensor ahead = x.clone(), behind = x.clone();
    for (size_t i = 0; i < x.size(); ++i) {
      ahead[i] += kStep * direction[i];
      behind[i] -= kStep * direction[i];
    }
    const double measured = (dot(weights, f(ahead)) - dot(weights, f(behind))) / (2 * kStep);
    const double size = std::sqrt(dot(gradient, gradient)) + 1e-6;
    EXPECT_NEAR(dot(gradient, direction), measured, tolerance * size) << "direction " << seed;
  }
}

class GradientsTest : public ::testing::Test {
 protected:
  ThreadPool pool_{3};
  ExecutionContext context_{pool_};
};

TEST_F(GradientsTest, TurnedWeightsAreTheTransposedMatrix) {
  for (const auto& [outputs, inputs] : {std::pair{70, 45}, {32, 64}, {4, 33}}) {
    const Tensor w = randomTensor(1, {outputs, inputs}), y = randomTensor(2, {9, outputs});
    Tensor expected = Tensor::zeros({9, inputs});
    for (int64_t r = 0; r < 9; ++r)
      for (int64_t o = 0; o < outputs; ++o)
        for (int64_t i = 0; i < inputs; ++i) expected[r * inputs + i] += y[r * outputs + o] * w[o * inputs + i];
    const PackedWeights packed = PackedWeights::pack(context_, w.shape(), w.data());
    EXPECT_TRUE(closeTo(matmul(context_, y, packed.transposed()), expected, 1e-6));
    const Tensor x = randomTensor(3, {9, inputs});
    EXPECT_TRUE(closeTo(matmul(context_, x, packed.transposed().transposed()), matmul(context_, x, packed), 0));
  }
}

TEST_F(GradientsTest, ConvolutionsGoBackToTheirInput) {
  struct Case {
    ConvolutionGeometry geometry;
    int64_t height, width, inputs, outputs;
  };
  ConvolutionGeometry enlarged;
  enlarged.enlargedHeight = 13;
  enlarged.enlargedWidth = 18;
  const Case cases[] = {{{3, 1, 1, 1}, 6, 5, 5, 37},
                        {{3, 1, 1, 1}, 20, 21, 40, 33},
                        {{3, 2, 1, 1}, 9, 12, 7, 6},
                        {{1, 1, 0, 0}, 4, 7, 10, 34},
                        {enlarged, 7, 9, 5, 8}};
  for (const Case& c : cases) {
    const Shape shape{c.outputs, c.inputs, c.geometry.kernel, c.geometry.kernel};
    const Tensor w = randomTensor(4, shape), x = randomTensor(5, {2, c.height, c.width, c.inputs});
    const PackedWeights packed = PackedWeights::pack(context_, shape, w.data());
    const auto f = [&](const Tensor& in) { return convolution(context_, in, packed, c.geometry); };
    const Tensor weights = randomTensor(6, f(x).shape());
    const Tensor gradient =
        convolutionInputGradient(context_, weights, packed.transposed(), c.geometry, c.height, c.width);
    ASSERT_EQ(gradient.shape(), x.shape());
    expectGradient(x, gradient, weights, f);
  }
}

TEST_F(GradientsTest, ConvolutionsGoBackToTheirWeights) {
  ConvolutionGeometry enlarged;
  enlarged.enlargedHeight = 13;
  enlarged.enlargedWidth = 18;
  for (const ConvolutionGeometry& geometry :
       {ConvolutionGeometry{3, 1, 1, 1}, ConvolutionGeometry{3, 2, 1, 1}, ConvolutionGeometry{1, 1, 0, 0}, enlarged}) {
    const int64_t kernel = geometry.kernel;
    const Tensor x = randomTensor(7, {2, 7, 9, 43}), w = randomTensor(8, {3, 43, kernel, kernel});
    const auto f = [&](const Tensor& weight) {
      return convolution(context_, x, PackedWeights::pack(context_, weight.shape(), weight.data()), geometry);
    };
    const Tensor weights = randomTensor(9, f(w).shape());
    const Tensor sum = convolutionWeightGradient(context_, weights, x, geometry);
    Tensor gradient(w.shape());
    for (int64_t o = 0; o < 3; ++o)
      for (int64_t t = 0; t < kernel * kernel; ++t)
        for (int64_t i = 0; i < 43; ++i)
          gradient[(o * 43 + i) * kernel * kernel + t] = sum[(o * kernel * kernel + t) * 43 + i];
    expectGradient(w, gradient, weights, f);
  }
}

TEST_F(GradientsTest, SumsOfProductsDoNotDependOnThreads) {
  const Tensor left = randomTensor(10, {2500, 17}), right = randomTensor(11, {2500, 45});
  const Tensor sum = sumOfProducts(context_, left, right);
  Tensor expected = Tensor::zeros({17, 45});
  for (int64_t r = 0; r < 2500; ++r)
    for (int64_t i = 0; i < 17; ++i)
      for (int64_t j = 0; j < 45; ++j) expected[i * 45 + j] += left[r * 17 + i] * right[r * 45 + j];
  EXPECT_TRUE(closeTo(sum, expected, 1e-5));
  ThreadPool one(1);
  EXPECT_TRUE(closeTo(sumOfProducts(ExecutionContext(one), left, right), sum, 0));
}

TEST_F(GradientsTest, AttentionGoesBackToQueriesKeysAndValues) {
  struct Case {
    int64_t queries, keys;
    int heads;
    int64_t depth;
    bool causal;
  };
  for (const Case& c :
       {Case{130, 300, 2, 12, false}, {77, 77, 3, 8, true}, {90, 7, 2, 4, false}, {2100, 40, 1, 8, false}}) {
    const int64_t width = c.heads * c.depth;
    const Tensor q = randomTensor(12, {2, c.queries, width}), k = randomTensor(13, {2, c.keys, width});
    const Tensor v = randomTensor(14, {2, c.keys, width}), weights = randomTensor(15, q.shape());
    Tensor logSums;
    const Tensor result = attention(context_, q, k, v, c.heads, c.causal, &logSums);
    const AttentionGradients back = attentionGradient(context_, {q, k, v, result, logSums, c.heads, c.causal}, weights);
    const auto run = [&](const Tensor& a, const Tensor& b, const Tensor& d) {
      return attention(context_, a, b, d, c.heads, c.causal);
    };
    expectGradient(q, back.q, weights, [&](const Tensor& in) { return run(in, k, v); });
    expectGradient(k, back.k, weights, [&](const Tensor& in) { return run(q, in, v); });
    expectGradient(v, back.v, weights, [&](const Tensor& in) { return run(q, k, in); });
    ThreadPool one(1);
    const AttentionGradients alone =
        attentionGradient(ExecutionContext(one), {q, k, v, result, logSums, c.heads, c.causal}, weights);
    EXPECT_TRUE(closeTo(alone.k, back.k, 0));
    EXPECT_TRUE(closeTo(alone.v, back.v, 0));
  }
}

TEST_F(GradientsTest, NormsGoBackToTheirInput) {
  const Tensor x = randomTensor(16, {2, 9, 11, 36}), gamma = randomTensor(17, {36}), beta = randomTensor(18, {36});
  const Tensor weights = randomTensor(19, x.shape());
  for (const bool silu : {false, true}) {
    const auto f = [&](const Tensor& in) { return groupNorm(context_, in, 6, gamma.data(), beta.data(), 1e-5F, silu); };
    expectGradient(x, groupNormGradient(context_, x, 6, gamma.data(), beta.data(), 1e-5F, silu, weights), weights, f);
  }
  expectGradient(x, layerNormGradient(context_, x, gamma.data(), 1e-5F, weights), weights,
                 [&](const Tensor& in) { return layerNorm(context_, in, gamma.data(), beta.data(), 1e-5F); });
}

TEST_F(GradientsTest, ActivationsGoBackToTheirInput) {
  const Tensor x = randomTensor(20, {7, 46});
  for (const Activation activation : {Activation::Silu, Activation::Gelu, Activation::QuickGelu}) {
    const Tensor weights = randomTensor(21, x.shape());
    Tensor gradient = weights.clone();
    activationGradientInPlace(context_, gradient, x, activation);
    expectGradient(x, gradient, weights, [&](const Tensor& in) {
      Tensor y = in.clone();
      activateInPlace(context_, y, activation);
      return y;
    });
  }
  const Tensor weights = randomTensor(22, {7, 23});
  expectGradient(x, gegluGradient(context_, x, weights), weights,
                 [&](const Tensor& in) { return geglu(context_, in); });
}

}  // namespace
}  // namespace lorikeet
