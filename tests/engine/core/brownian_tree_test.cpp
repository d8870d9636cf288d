#include "core/brownian_tree.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/seed_sequence.h"
#include "support/golden_json.h"
#include "support/golden_tensors.h"

namespace lorikeet {
namespace {

TEST(SeedSequenceTest, EqualsNumpy) {
  const auto index = testing::readGoldenJson(testing::goldenPath("schedulers/k_diffusion.json"));
  const std::array<uint64_t, 2> key{5, 3};
  EXPECT_EQ(seedSequence((uint64_t{1} << 40) + 7, key, 24, 4), index.at("seed_sequence").get<std::vector<uint32_t>>());
  EXPECT_EQ(seedSequence(42, {}, 24, 3), (std::vector<uint32_t>{387750627, 2536650517, 4078839648}));
}

TEST(BrownianTreeTest, IncrementsEqualTorchsde) {
  const auto index = testing::readGoldenJson(testing::goldenPath("schedulers/k_diffusion.json"));
  const testing::GoldenTensors golden(testing::goldenPath("schedulers/k_diffusion.safetensors"));
  const BrownianTree tree((uint64_t{1} << 33) + 7, 0.03, 14.6, 5);
  int asked = 0;
  for (const auto& range : index.at("brownian")) {
    std::vector<float> increment(5);
    tree.increment(range.at(0), range.at(1), increment);
    const auto expected = golden.floats("brownian." + std::to_string(asked++));
    for (size_t i = 0; i < increment.size(); ++i) EXPECT_NEAR(increment[i], expected[i], 2e-6) << range;
  }
  EXPECT_EQ(asked, 5);
}

TEST(BrownianTreeTest, PartsAddUpAndEmptyRangesAreZero) {
  const BrownianTree tree(7, 0.5, 10, 16);
  std::vector<float> whole(16), left(16), right(16), nothing(16, 1.0f);
  tree.increment(0.5, 10, whole);
  tree.increment(0, 3.25, left);
  tree.increment(3.25, 99, right);
  tree.increment(2, 2, nothing);
  for (size_t i = 0; i < 16; ++i) EXPECT_NEAR(left[i] + right[i], whole[i], 1e-5);
  EXPECT_EQ(nothing, std::vector<float>(16));
}

}  // namespace
}  // namespace lorikeet
