#include "text/emphasis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace lorikeet {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const std::vector<float> kEncoding = {1, 2, 3, 4, 5, 6};

std::vector<float> weighed(std::vector<float> weights, EmphasisMode mode) {
  std::vector<float> encoding = kEncoding;
  applyEmphasis(encoding, weights, mode);
  return encoding;
}

TEST(EmphasisTest, MultipliesRowsAndRestoresTheMean) {
  // Rows of two: 1 2 | 6 8 | 5 6 has the mean 28/6, before it was 21/6.
  EXPECT_THAT(weighed({1, 2, 1}, EmphasisMode::Original), ElementsAre(0.75f, 1.5f, 4.5f, 6, 3.75f, 4.5f));
  EXPECT_THAT(weighed({1, 2, 1}, EmphasisMode::NoNorm), ElementsAre(1, 2, 6, 8, 5, 6));
}

TEST(EmphasisTest, ChangesNothingWithoutWeights) {
  EXPECT_EQ(weighed({1, 1, 1}, EmphasisMode::Original), kEncoding);
  EXPECT_EQ(weighed({1, 2, 1}, EmphasisMode::Ignore), kEncoding);
  EXPECT_EQ(weighed({1, 2, 1}, EmphasisMode::Literal), kEncoding);
}

TEST(EmphasisTest, StaysFiniteWhereTheMeanVanishes) {
  EXPECT_THAT(weighed({0, 0, 0}, EmphasisMode::Original), ElementsAre(0, 0, 0, 0, 0, 0));
}

TEST(EmphasisTest, ReadsBracketsUnlessTheyAreLiteral) {
  EXPECT_THAT(readPieces("a (b)", EmphasisMode::Ignore), SizeIs(2));
  EXPECT_THAT(readPieces("a (b)", EmphasisMode::Literal), ElementsAre(WeightedText{"a (b)", 1}));
}

}  // namespace
}  // namespace lorikeet
