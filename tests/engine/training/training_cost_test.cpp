// The work that a training's estimate counts, against what the layers of Stable Diffusion 1.5 are known to take.
#include "training/training_cost.h"

#include <gtest/gtest.h>

#include <numeric>

namespace lorikeet {
namespace {

UNetConfig sd15() {
  UNetConfig config;
  for (const int64_t channels : {320, 640, 1280, 1280}) config.levels.push_back({channels, 2, true, 8, 1});
  config.levels.back().hasAttention = false;
  return config;
}

double forwardOf(const TrainingCost& cost) {
  return std::accumulate(cost.work.begin(), cost.work.end(), 0.0,
                         [](double sum, const ProductWork& work) { return sum + work.forward; });
}

double backwardOf(const TrainingCost& cost) {
  return std::accumulate(cost.work.begin(), cost.work.end(), 0.0,
                         [](double sum, const ProductWork& work) { return sum + work.backward; });
}

TEST(TrainingCost, TheUnetsForwardWayIsThatOfItsLayers) {
  // `lorikeet-cli bench` counts 1.61e12 operations for two images.
  EXPECT_NEAR(forwardOf(unetCost(sd15(), 64, 64, 77, {})), 0.805e12, 0.03e12);
  EXPECT_EQ(unetCost(sd15(), 64, 64, 77, {}).work.size(), 4u) << "one size of products a level";
}

TEST(TrainingCost, TheEncoderTakesMoreThanThat) {
  AutoencoderConfig config;
  config.channels = {128, 256, 512, 512};
  EXPECT_NEAR(encoderFlops(config, 512, 512), 1.108e12, 0.001e12);  // counted by hand
}

TEST(TrainingCost, TrainedLayersCountWhereTheyAre) {
  const TrainingCost plain = unetCost(sd15(), 64, 64, 77, {});
  LowRankSettings layer;
  layer.module = "up_blocks.3.attentions.0.transformer_blocks.0.attn1.to_q";
  layer.weight = Shape{320, 320};
  layer.rank = 8;
  const double perRow = 2.0 * 8 * (320 + 320);
  const TrainingCost wide = unetCost(sd15(), 64, 64, 77, std::span(&layer, 1));
  EXPECT_DOUBLE_EQ(forwardOf(wide) - forwardOf(plain), perRow * 64 * 64);
  EXPECT_DOUBLE_EQ(backwardOf(wide) - backwardOf(plain), 4 * perRow * 64 * 64);
  layer.module = "down_blocks.2.attentions.0.transformer_blocks.0.attn1.to_q";
  EXPECT_DOUBLE_EQ(forwardOf(unetCost(sd15(), 64, 64, 77, std::span(&layer, 1))) - forwardOf(plain), perRow * 16 * 16);
  layer.module = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k";
  EXPECT_DOUBLE_EQ(forwardOf(unetCost(sd15(), 64, 64, 77, std::span(&layer, 1))) - forwardOf(plain), perRow * 77);
}

}  // namespace
}  // namespace lorikeet
