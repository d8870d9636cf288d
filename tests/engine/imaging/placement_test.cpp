#include "imaging/placement.h"

#include <gtest/gtest.h>

#include "lorikeet/annotate.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace lorikeet::testing;  // NOLINT(google-build-using-namespace)

TEST(PlacementTest, PlansEveryMode) {
  const Placement stretch = planPlacement(600, 400, 512, 512, ResizeMode::Stretch);
  EXPECT_EQ(stretch.sourceArea, (Rect{0, 0, 600, 400}));
  EXPECT_EQ(stretch.workArea, (Rect{0, 0, 512, 512}));
  const Placement crop = planPlacement(600, 400, 512, 512, ResizeMode::Crop);
  EXPECT_EQ(crop.sourceArea, (Rect{100, 0, 400, 400}));
  EXPECT_EQ(crop.workArea, (Rect{0, 0, 512, 512}));
  const Placement letterbox = planPlacement(600, 400, 512, 512, ResizeMode::Letterbox);
  EXPECT_EQ(letterbox.sourceArea, (Rect{0, 0, 600, 400}));
  EXPECT_EQ(letterbox.workArea, (Rect{0, 85, 512, 341}));
  const Placement fit = planPlacement(600, 400, 512, 512, ResizeMode::Fit);
  EXPECT_EQ(fit.workWidth, 512);
  EXPECT_EQ(fit.workHeight, 344);
  EXPECT_EQ(fit.workArea, (Rect{0, 0, 512, 344}));
}

TEST(PlacementTest, ResultHasTheSourcesSizeForAnySource) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 700}, {700, 1}, {333, 517}, {64, 64}, {1000, 3}}) {
    const Image source = randomImage(width, height, 3);
    for (const ResizeMode mode : {ResizeMode::Stretch, ResizeMode::Letterbox, ResizeMode::Fit, ResizeMode::Crop}) {
      const Placement p = planPlacement(width, height, 128, 64, mode);
      EXPECT_EQ(p.workWidth % 8, 0);
      EXPECT_EQ(p.workHeight % 8, 0);
      const Image work = placeImage(source, p);
      EXPECT_EQ(work.width, p.workWidth);
      EXPECT_EQ(work.height, p.workHeight);
      const Image back = unplaceImage(work, p);
      EXPECT_EQ(back.width, p.sourceArea.width);
      EXPECT_EQ(back.height, p.sourceArea.height);
      if (mode != ResizeMode::Crop) {
        EXPECT_EQ(back.width, width);
        EXPECT_EQ(back.height, height);
      }
    }
  }
}

TEST(PlacementTest, NoPaddingComesBack) {
  const Image source = solidImage(60, 20, 10, 200, 30);
  const Placement p = planPlacement(60, 20, 64, 64, ResizeMode::Letterbox);
  Image work = placeImage(source, p);
  EXPECT_EQ(work.pixels, solidImage(64, 64, 10, 200, 30).pixels);  // bars repeat the edge
  for (int y = 0; y < 64; ++y)                                     // whatever a model paints into the bars
    if (y < p.workArea.y || y >= p.workArea.y + p.workArea.height)
      std::fill_n(work.pixels.begin() + static_cast<std::ptrdiff_t>(y) * 64 * 3, 64 * 3, uint8_t{255});
  EXPECT_EQ(unplaceImage(work, p).pixels, source.pixels);
}

TEST(PlacementTest, RoundTripStaysCloseToThePhoto) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const Image source = loadImage(sharedPath("testdata/photos/coffee.png"));  // 600 x 400
  for (const ResizeMode mode : {ResizeMode::Stretch, ResizeMode::Letterbox, ResizeMode::Fit}) {
    const Placement p = planPlacement(source.width, source.height, 512, 512, mode);
    EXPECT_LT(meanDifference(unplaceImage(placeImage(source, p), p).pixels, source.pixels), 2.1);  // Pillow: 2.08
  }
}

TEST(PlacementTest, EqualSizesAreUntouched) {
  const Image source = randomImage(64, 48, 4);
  for (const ResizeMode mode : {ResizeMode::Stretch, ResizeMode::Letterbox, ResizeMode::Fit, ResizeMode::Crop}) {
    const Placement p = planPlacement(64, 48, 64, 48, mode);
    EXPECT_EQ(placeImage(source, p).pixels, source.pixels);
    EXPECT_EQ(unplaceImage(source, p).pixels, source.pixels);
  }
}

TEST(PlacementTest, ControlMapHasNoEdgeAlongTheBars) {
  // A bright picture: bars of any other colour would give the detector a full-width edge.
  Image source = solidImage(120, 40, 250, 250, 250);
  pasteImage(source, solidImage(30, 20, 0, 0, 0), 40, 10);
  const Placement p = planPlacement(120, 40, 120, 120, ResizeMode::Letterbox);
  for (const Image& map : {placeControlMap(cannyEdges(source), p), cannyEdges(placeImage(source, p))}) {
    int edges = 0;
    for (int y = 0; y < 120; ++y) {
      for (int x = 0; x < 120; ++x) {
        if (map.pixels[(static_cast<size_t>(y) * 120 + x) * 3] == 0) continue;
        ++edges;
        EXPECT_TRUE(x >= 38 && x <= 71 && y >= p.workArea.y + 8 && y <= p.workArea.y + 31) << x << ", " << y;
      }
    }
    EXPECT_GT(edges, 80);
  }
}

TEST(PlacementTest, MaskKeepsTheBars) {
  const Placement p = planPlacement(60, 20, 64, 64, ResizeMode::Letterbox);
  const Mask work = placeMask(Mask::create(60, 20, 255), p);
  EXPECT_EQ(maskBounds(work), p.workArea);
}

TEST(PlacementTest, RefusesImpossibleSizes) {
  EXPECT_THROW(planPlacement(0, 5, 512, 512, ResizeMode::Fit), Error);
  EXPECT_THROW(planPlacement(5, 5, 0, 512, ResizeMode::Fit), Error);
  EXPECT_THROW(planPlacement(5, 5, 500, 512, ResizeMode::Crop), Error);
  EXPECT_EQ(planPlacement(5, 5, 500, 512, ResizeMode::Fit).workWidth, 504);
}

}  // namespace
}  // namespace lorikeet
