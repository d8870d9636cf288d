#include "lorikeet/mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/execution_context.h"
#include "imaging/resize.h"
#include "support/golden_json.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace lorikeet::testing;  // NOLINT(google-build-using-namespace)

Mask goldenMask(const std::string& name) { return loadMask(goldenPath("imaging/mask/" + name + ".png")); }

TEST(MaskTest, BlurEqualsTheReference) {
  const Mask mask = goldenMask("mask");
  EXPECT_EQ(blurMask(mask, 1).values, goldenMask("blur_1").values);
  EXPECT_EQ(blurMask(mask, 4).values, goldenMask("blur_4").values);
  EXPECT_EQ(blurMask(mask, 9.5).values, goldenMask("blur_9.5").values);
  EXPECT_EQ(blurMask(mask, 0).values, mask.values);
  EXPECT_THROW(blurMask(mask, -1), Error);
  EXPECT_THROW(blurMask(mask, std::nan("")), Error);
}

TEST(MaskTest, GrowsByTheEuclideanDistance) {
  const Mask mask = goldenMask("mask");
  for (const int radius : {1, 2, 5, 11}) {
    Mask expected = mask;
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width; ++x)
        for (int v = std::max(0, y - radius); v <= std::min(mask.height - 1, y + radius); ++v)
          for (int u = std::max(0, x - radius); u <= std::min(mask.width - 1, x + radius); ++u)
            if (mask.values[static_cast<size_t>(v) * mask.width + u] >= 128 &&
                (u - x) * (u - x) + (v - y) * (v - y) <= radius * radius)
              expected.values[static_cast<size_t>(y) * mask.width + x] = 255;
    EXPECT_EQ(growMask(mask, radius).values, expected.values) << radius;
    EXPECT_EQ(growMask(mask, -radius).values, invertMask(growMask(invertMask(mask), radius)).values);
  }
}

TEST(MaskTest, GrowingLeavesFullAndEmptyMasks) {
  const Mask full = Mask::create(9, 5, 255);
  const Mask none = Mask::create(9, 5, 0);
  EXPECT_EQ(growMask(full, 3).values, full.values);
  EXPECT_EQ(growMask(full, -3).values, full.values);  // the border is no edge
  EXPECT_EQ(growMask(none, 3).values, none.values);
  EXPECT_EQ(growMask(none, -3).values, none.values);
  EXPECT_THROW(growMask(none, 5000), Error);
}

TEST(MaskTest, FeatherStaysInside) {
  const Mask mask = discMask(60, 60, 30, 30, 20);
  const Mask feathered = featherMask(mask, 8);
  for (size_t i = 0; i < mask.values.size(); ++i) EXPECT_LE(feathered.values[i], mask.values[i]);
  const auto at = [&](int x) { return int{feathered.values[30 * 60 + x]}; };
  EXPECT_EQ(at(30), 255);
  EXPECT_GT(at(50), 0);
  EXPECT_LT(at(50), 30);
  for (int x = 31; x <= 50; ++x) EXPECT_LE(at(x), at(x - 1));
  EXPECT_EQ(featherMask(Mask::create(5, 5, 255), 3).values, Mask::create(5, 5, 255).values);
  EXPECT_EQ(featherMask(mask, 0).values, mask.values);
}

/// Large masks are worked on in bands of 1024 rows here.
TEST(MaskTest, FeathersAcrossItsBands) {
  Mask mask = Mask::create(4096, 1500);
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      mask.values[static_cast<size_t>(y) * 4096 + x] = (x / 37 + y / 41) % 3 == 0 ? 0 : 255;
  const Mask whole = featherMask(mask, 20);
  const Mask part = featherMask(cropMask(mask, {0, 900, 4096, 300}), 20);
  EXPECT_TRUE(cropMask(whole, {0, 930, 4096, 240}) == cropMask(part, {0, 30, 4096, 240}));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(featherMask(mask, 20, stop.get_token()), Stopped);
}

TEST(MaskTest, KnowsItsBounds) {
  Mask mask = Mask::create(30, 20);
  EXPECT_TRUE(maskBounds(mask).empty());
  EXPECT_FALSE(anyMasked(mask));
  mask.values[7 * 30 + 4] = 1;
  mask.values[12 * 30 + 29] = 200;
  EXPECT_EQ(maskBounds(mask), (Rect{4, 7, 26, 6}));
  EXPECT_TRUE(anyMasked(mask));
  EXPECT_FALSE(allMasked(mask));
  EXPECT_TRUE(allMasked(Mask::create(3, 3, 255)));
  EXPECT_EQ(binarizeMask(mask).values[12 * 30 + 29], 255);
  EXPECT_EQ(binarizeMask(mask).values[7 * 30 + 4], 0);
}

Mask rectangleMask(int width, int height, const Rect& area) {
  Mask mask = Mask::create(width, height);
  for (int y = area.y; y < area.y + area.height; ++y)
    std::fill_n(mask.values.begin() + static_cast<std::ptrdiff_t>(y) * width + area.x, area.width, uint8_t{255});
  return mask;
}

TEST(OnlyMaskedAreaTest, EqualsTheReference) {
  const auto cases = testing::readGoldenJson(goldenPath("imaging/mask/areas.json"));
  ASSERT_EQ(cases.size(), 60U);
  for (const auto& c : cases) {
    const auto box = c["box"].get<std::array<int, 4>>();
    const auto expected = c["area"].get<std::array<int, 4>>();
    const Mask mask = rectangleMask(c["size"][0], c["size"][1], {box[0], box[1], box[2] - box[0], box[3] - box[1]});
    const Rect area = onlyMaskedArea(mask, c["padding"], c["work"][0], c["work"][1]);
    EXPECT_EQ((std::array{area.x, area.y, area.x + area.width, area.y + area.height}), expected) << c;
  }
}

TEST(OnlyMaskedAreaTest, RefusesWhatHasNoArea) {
  EXPECT_THAT([] { onlyMaskedArea(Mask::create(8, 8), 4, 512, 512); },
              ::testing::ThrowsMessage<Error>("The mask is empty: there is nothing to repaint."));
  const Mask full = Mask::create(8, 8, 255);
  EXPECT_THROW(onlyMaskedArea(full, -1, 512, 512), Error);
  EXPECT_THROW(onlyMaskedArea(full, 0, 0, 512), Error);
  EXPECT_EQ(onlyMaskedArea(full, 2'000'000'000, 512, 512), (Rect{0, 0, 8, 8}));
}

}  // namespace
}  // namespace lorikeet
