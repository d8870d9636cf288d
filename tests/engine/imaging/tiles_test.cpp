#include "imaging/tiles.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lorikeet/error.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using lorikeet::testing::closeTo;

Tensor wave(int height, int width, int channels) {
  Tensor map({1, height, width, channels});
  for (size_t i = 0; i < map.size(); ++i) map[i] = std::sin(0.37F * static_cast<float>(i));
  return map;
}

TEST(TilesTest, CoverEverythingWithTheWantedOverlap) {
  for (const auto& [width, height] : {std::pair{64, 64}, {65, 64}, {100, 37}, {300, 129}, {1, 1}, {127, 1000}}) {
    const auto tiles = planTiles(width, height, 64, 48, 16);
    std::vector<int> covered(static_cast<size_t>(width) * height);
    for (const Rect& t : tiles) {
      EXPECT_EQ(t.width, std::min(64, width));
      EXPECT_EQ(t.height, std::min(48, height));
      ASSERT_TRUE(t.x >= 0 && t.y >= 0 && t.x + t.width <= width && t.y + t.height <= height);
      for (int y = t.y; y < t.y + t.height; ++y)
        for (int x = t.x; x < t.x + t.width; ++x) ++covered[static_cast<size_t>(y) * width + x];
    }
    EXPECT_EQ(std::count(covered.begin(), covered.end(), 0), 0);
    for (size_t i = 1; i < tiles.size(); ++i)
      if (tiles[i].y == tiles[i - 1].y) {
        EXPECT_GE(tiles[i - 1].x + tiles[i - 1].width - tiles[i].x, 16);
      }
  }
  EXPECT_EQ(planTiles(64, 48, 64, 48, 16).size(), 1U);
  EXPECT_EQ(planTiles(112, 48, 64, 48, 16).size(), 2U);
  EXPECT_EQ(planTiles(113, 48, 64, 48, 16).size(), 3U);
}

TEST(TilesTest, RefusesWhatCannotOverlap) {
  EXPECT_THROW(planTiles(100, 100, 64, 64, 64), Error);
  EXPECT_THROW(planTiles(100, 100, 64, 64, -1), Error);
  EXPECT_THROW(planTiles(0, 100, 64, 64, 8), Error);
}

TEST(TileBlenderTest, PutsTheSameMapTogetherAgain) {
  const Tensor map = wave(61, 83, 4);
  for (const int overlap : {0, 1, 8, 20}) {
    TileBlender blender(83, 61, 4, overlap);
    for (const Rect& tile : planTiles(83, 61, 32, 24, overlap)) blender.add(cropTile(map, tile), tile);
    EXPECT_TRUE(closeTo(std::move(blender).finish(), map, 1e-6)) << overlap;
  }
}

TEST(TileBlenderTest, FadesWithoutASeam) {
  // Tiles that disagree by 1: no step between neighbours may be larger than the ramp's slope.
  TileBlender blender(100, 1, 1, 20);
  float level = 0;
  for (const Rect& tile : planTiles(100, 1, 60, 21, 20)) {
    Tensor values({1, 1, tile.width, 1});
    std::fill(values.values().begin(), values.values().end(), level);
    blender.add(values, tile);
    level += 1;
  }
  const Tensor row = std::move(blender).finish();
  EXPECT_EQ(row[0], 0.0F);
  EXPECT_EQ(row[99], 1.0F);
  EXPECT_NEAR(row[49] + row[50], 1.0F, 1e-6);
  for (size_t x = 1; x < 100; ++x) {
    EXPECT_GE(row[x], row[x - 1]);
    EXPECT_LE(row[x] - row[x - 1], 1.0F / 20 + 1e-5F);
  }
}

TEST(TileBlenderTest, ScalesPlaces) { EXPECT_EQ(scaled({1, 2, 3, 4}, 8), (Rect{8, 16, 24, 32})); }

}  // namespace
}  // namespace lorikeet
