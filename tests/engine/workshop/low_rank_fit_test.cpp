#include "workshop/low_rank_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "adapters/dense_math.h"
#include "core/execution_context.h"
#include "ops/decomposition.h"

namespace lorikeet::testing {
namespace {

/// Numbers in -1..1 from a small generator, so that the test owns its data.
Tensor noise(const Shape& shape, uint64_t seed) {
  Tensor values(shape);
  for (float& value : values.values()) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<float>(static_cast<double>(seed >> 40) / 8388608.0 - 1);
  }
  return values;
}

double distanceOf(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return std::sqrt(sum);
}

TEST(LowRankFit, FindsAMatrixOfLowRankAgain) {
  for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{200, 700}, {700, 200}, {20, 40}}) {
    const Tensor matrix = product(noise({rows, 6}, 1), noise({6, columns}, 2));
    RankRule rule;
    rule.energy = 1;
    const LowRankFit fit = fitMatrix(matrix, rule, {});
    EXPECT_LE(fit.rank(), 7) << rows;
    EXPECT_GE(fit.rank(), 6);
    EXPECT_LT(fit.error / fit.norm, 2e-6);
    EXPECT_LT(distanceOf(matrix, product(fit.up, fit.down)) / fit.norm, 2e-6);
  }
}

TEST(LowRankFit, IsNearlyAsGoodAsTheBestOfItsRank) {
  const Tensor matrix = noise({150, 300}, 3);
  const SingularForm exact = singularForm(matrix);
  double total = 0, tail = 0;
  for (size_t i = 0; i < exact.values.size(); ++i) {
    total += exact.values[i] * exact.values[i];
    if (i >= 20) tail += exact.values[i] * exact.values[i];
  }
  RankRule rule;
  rule.rank = 20;
  const LowRankFit fit = fitMatrix(matrix, rule, {});
  EXPECT_EQ(fit.rank(), 20);
  EXPECT_NEAR(fit.norm, std::sqrt(total), 1e-6 * fit.norm);
  EXPECT_GE(fit.error, std::sqrt(tail) * (1 - 1e-6));
  EXPECT_LE(fit.error, std::sqrt(tail) * 1.02) << "noise has no decay, the hardest case";
}

TEST(LowRankFit, OfAProductTellsItsExactError) {
  const Tensor a = noise({64, 16}, 4), b = noise({16, 90}, 5);
  RankRule rule;
  rule.rank = 5;
  const LowRankFit fit = fitProduct(a, b, rule);
  const Tensor whole = product(a, b);
  EXPECT_NEAR(fit.error, distanceOf(whole, product(fit.up, fit.down)), 1e-5 * fit.norm);
  const LowRankFit dense = fitMatrix(whole, rule, {});
  EXPECT_NEAR(fit.error, dense.error, 1e-5 * fit.norm);
}

TEST(LowRankFit, ChoosesARankByEnergyRatioAndLimit) {
  const std::vector<double> values{8, 4, 2, 1, 1e-9};
  const double total = 64 + 16 + 4 + 1;
  const auto kept = [&](int64_t rank, double energy, double ratio) {
    RankRule rule;
    rule.rank = rank;
    rule.energy = energy;
    rule.ratio = ratio;
    return keptRank(values, total, rule);
  };
  EXPECT_EQ(kept(0, 0.75, 0), 1);
  EXPECT_EQ(kept(0, 0.95, 0), 3) << "80/85 is not enough";
  EXPECT_EQ(kept(2, 0.99, 0), 2) << "the limit holds";
  EXPECT_EQ(kept(0, 0, 4), 3);
  EXPECT_EQ(kept(0, 0, 3.9), 2);
  EXPECT_EQ(kept(0, 1, 0), 4) << "rounding is no rank";
  EXPECT_EQ(kept(7, 0, 0), 4);
}

TEST(LowRankFit, NothingHasNoRankAndAStopIsHeard) {
  EXPECT_EQ(fitMatrix(Tensor::zeros({80, 90}), {}, {}).rank(), 0);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(fitMatrix(noise({200, 300}, 6), {}, stop.get_token()), Stopped);
}

}  // namespace
}  // namespace lorikeet::testing
