#include "ops/attention.h"

#include <gtest/gtest.h>

#include <tuple>

#include "engine/ops/reference.h"

namespace lorikeet {
namespace {

using reference::random;
using reference::relativeError;

TEST(AttentionTest, AgreesWithPlainSoftmax) {
  ThreadPool pool(2);
  const ExecutionContext context(pool);
  struct Case {
    int64_t queries, keys, depth;
    int heads;
    bool causal;
  };
  for (const Case& c : {Case{100, 77, 40, 2, false},
                        {300, 300, 8, 3, false},
                        {77, 77, 8, 2, true},
                        {77, 77, 64, 2, true},
                        {1, 1, 4, 8, false},
                        {90, 520, 160, 1, false},
                        {33, 130, 512, 1, false},
                        {300, 300, 5, 1, true}}) {
    const Tensor q = random({2, c.queries, c.heads * c.depth}, 1), k = random({2, c.keys, c.heads * c.depth}, 2),
                 v = random({2, c.keys, c.heads * c.depth}, 3);
    EXPECT_LT(
        relativeError(attention(context, q, k, v, c.heads, c.causal), reference::attention(q, k, v, c.heads, c.causal)),
        2e-6)
        << c.queries << " " << c.keys << " " << c.depth;
  }
}

TEST(AttentionTest, FewerBitsComeCloseToPlainSoftmax) {
  ThreadPool one(1), two(2);
  for (const reference::Reduced& reduced : reference::kReduced)
    for (const auto& [queries, keys, depth, heads, causal] : {std::tuple{100, 77, 40, 2, false},
                                                              {300, 300, 8, 3, false},
                                                              {90, 520, 160, 1, false},
                                                              {77, 77, 64, 2, true},
                                                              {70, 130, 512, 1, false},
                                                              {300, 301, 6, 1, true}}) {
      const Tensor q = random({2, queries, heads * depth}, 1), k = random({2, keys, heads * depth}, 2),
                   v = random({2, keys, heads * depth}, 3);
      const Tensor y = attention(ExecutionContext(two).withArithmetic(reduced.arithmetic), q, k, v, heads, causal);
      EXPECT_LT(relativeError(y, reference::attention(q, k, v, heads, causal)), 1.5e-2)
          << static_cast<int>(reduced.arithmetic) << " " << queries << " " << keys << " " << depth;
      const Tensor alone = attention(ExecutionContext(one).withArithmetic(reduced.arithmetic), q, k, v, heads, causal);
      EXPECT_EQ(relativeError(y, alone), 0.0);
    }
}

TEST(AttentionTest, LargeScoresDoNotOverflow) {
  ThreadPool pool(1);
  const ExecutionContext context(pool);
  Tensor q = random({1, 20, 8}, 1), k = random({1, 300, 8}, 2), v = random({1, 300, 8}, 3);
  for (float& x : q.values()) x *= 40;
  EXPECT_LT(relativeError(attention(context, q, k, v, 1), reference::attention(q, k, v, 1, false)), 2e-5);
}

}  // namespace
}  // namespace lorikeet
