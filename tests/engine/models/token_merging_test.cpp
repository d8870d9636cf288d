#include "nn/token_merging.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/ops/reference.h"

namespace lorikeet {
namespace {

class TokenMergingTest : public ::testing::Test {
 protected:
  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
};

TEST_F(TokenMergingTest, WithoutAShareEveryTokenKeepsItsOwn) {
  const Tensor x = reference::random({2, 6 * 9, 16}, 1), residual = reference::random({2, 6 * 9, 16}, 2);
  const TokenMerging merging(context_, x, {6, 9}, 0);
  EXPECT_EQ(merging.count(), 54);
  const Tensor back = merging.spread(context_, merging.merged(context_, x), residual);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(back[i], x[i] + residual[i]);
}

/// Two kinds of token that point to opposite sides: whatever is merged, only like goes with like.
TEST_F(TokenMergingTest, OnlyTokensThatAreAlikeAreMerged) {
  constexpr int64_t kHeight = 8, kWidth = 12, kChannels = 32;
  const Tensor kinds = reference::random({2, kChannels}, 3);
  Tensor x({1, kHeight * kWidth, kChannels});
  for (int64_t t = 0; t < kHeight * kWidth; ++t)
    for (int64_t c = 0; c < kChannels; ++c)
      x[t * kChannels + c] = kinds[(t % kWidth < kWidth / 2 ? 0 : 1) * kChannels + c] * static_cast<float>(1 + t % 3);
  const TokenMerging merging(context_, x, {kHeight, kWidth}, 0.75);
  EXPECT_EQ(merging.count(), kHeight * kWidth / 4);
  const Tensor merged = merging.merged(context_, x);
  const Tensor back = merging.spread(context_, merged, Tensor::zeros(x.shape()));
  for (int64_t t = 0; t < kHeight * kWidth; ++t) {
    double product = 0;
    for (int64_t c = 0; c < kChannels; ++c) product += double{x[t * kChannels + c]} * back[t * kChannels + c];
    EXPECT_GT(product, 0) << t;  // of the same kind: a mean of both would still point to one side, but not for all
  }
}

TEST_F(TokenMergingTest, TheMostAlikeAreMergedFirst) {
  constexpr int64_t kChannels = 24;
  Tensor x = reference::random({1, 16, kChannels}, 4);
  for (int64_t c = 0; c < kChannels; ++c) x[15 * kChannels + c] = 2 * x[14 * kChannels + c];  // neighbours in a cell
  for (int64_t c = 0; c < kChannels; ++c) x[10 * kChannels + c] = x[14 * kChannels + c];
  for (int64_t c = 0; c < kChannels; ++c) x[11 * kChannels + c] = x[14 * kChannels + c];
  const TokenMerging merging(context_, x, {4, 4}, 3.0 / 16);
  EXPECT_EQ(merging.count(), 13);
  const Tensor back = merging.spread(context_, merging.merged(context_, x), Tensor::zeros(x.shape()));
  std::set<float> first;
  for (const int64_t t : {10, 11, 14, 15}) first.insert(back[t * kChannels]);
  EXPECT_EQ(first.size(), 1U);
  for (int64_t t = 0; t < 10; ++t)
    for (int64_t c = 0; c < kChannels; ++c) ASSERT_EQ(back[t * kChannels + c], x[t * kChannels + c]);
}

TEST_F(TokenMergingTest, DoesNotDependOnThreadsOrBatch) {
  const Tensor x = reference::random({3, 7 * 5, 16}, 5);
  ThreadPool five(5);
  const ExecutionContext spread(five);
  const TokenMerging together(context_, x, {7, 5}, 0.5), elsewhere(spread, x, {7, 5}, 0.5);
  const Tensor a = together.merged(context_, x), b = elsewhere.merged(spread, x);
  EXPECT_EQ(reference::relativeError(a, b), 0.0);
  const Tensor last = Tensor::from({1, 35, 16}, x.values().subspan(2 * 35 * 16));
  const Tensor alone = TokenMerging(context_, last, {7, 5}, 0.5).merged(context_, last);
  EXPECT_TRUE(std::equal(alone.values().begin(), alone.values().end(), a.values().end() - alone.size()));
}

TEST_F(TokenMergingTest, NoMoreThanThreeQuartersCanBeMerged) {
  const Tensor x = reference::random({1, 64, 8}, 6);
  EXPECT_EQ(TokenMerging(context_, x, {8, 8}, 0.75).count(), 16);
  EXPECT_EQ(TokenMerging(context_, x, {8, 8}, 1).count(), 16);
  EXPECT_EQ(TokenMerging(context_, x, {8, 8}, 0.25).count(), 48);
}

}  // namespace
}  // namespace lorikeet
