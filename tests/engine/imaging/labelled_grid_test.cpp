#include "imaging/labelled_grid.h"

#include <gtest/gtest.h>

#include "imaging/resize.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace lorikeet::testing;  // NOLINT(google-build-using-namespace)

int darkPixels(const Image& image, const Rect& area) {
  const Image part = cropImage(image, area);
  return static_cast<int>(std::count_if(part.pixels.begin(), part.pixels.end(), [](uint8_t v) { return v < 128; }));
}

TEST(LabelledGridTest, PlacesPicturesRowByRow) {
  const std::vector<Image> pictures{randomImage(20, 10, 1), randomImage(20, 10, 2), randomImage(10, 6, 3)};
  const Image grid = labelledGrid(pictures, 2);
  EXPECT_EQ(grid.width, 4 + 2 * 24);
  EXPECT_EQ(grid.height, 4 + 2 * 14);
  EXPECT_EQ(cropImage(grid, {4, 4, 20, 10}).pixels, pictures[0].pixels);
  EXPECT_EQ(cropImage(grid, {28, 4, 20, 10}).pixels, pictures[1].pixels);
  EXPECT_EQ(cropImage(grid, {9, 20, 10, 6}).pixels, pictures[2].pixels);
  EXPECT_EQ(cropImage(grid, {28, 18, 20, 10}).pixels, solidImage(20, 10, 255, 255, 255).pixels);
}

TEST(LabelledGridTest, WritesLabelsIntoTheMargins) {
  const std::vector<Image> pictures(4, solidImage(128, 96, 255, 255, 255));
  const Image grid =
      labelledGrid(pictures, 2, {{"steps 10", "steps 20"}, {"ink 0.5", "a very long label that cannot fit"}});
  const int left = grid.width - 4 - 2 * 132;
  const int top = grid.height - 4 - 2 * 100;
  EXPECT_GT(left, 30);
  EXPECT_LE(left, 128);
  EXPECT_GT(top, 12);
  EXPECT_GT(darkPixels(grid, {left + 4, 0, 128, top}), 50);
  EXPECT_GT(darkPixels(grid, {left + 136, 0, 128, top}), 50);
  EXPECT_GT(darkPixels(grid, {0, top + 4, left, 96}), 50);
  EXPECT_GT(darkPixels(grid, {0, top + 104, left, 96}), 50);
  EXPECT_EQ(darkPixels(grid, {left, top, 2 * 132, 2 * 100}), 0);
}

TEST(LabelledGridTest, SurvivesStrangeLabels) {
  const std::vector<Image> pictures{solidImage(1, 1, 0, 0, 0)};
  const Image grid = labelledGrid(pictures, 1, {{"\xe7\xb4\x85\xe8\x91\x89 \xff\n"}, {std::string(5000, 'w')}});
  EXPECT_GE(grid.width, 9);
}

TEST(LabelledGridTest, RefusesWhatIsNoGrid) {
  const std::vector<Image> pictures(3, solidImage(8, 8, 0, 0, 0));
  EXPECT_THROW(labelledGrid({}, 2), Error);
  EXPECT_THROW(labelledGrid(pictures, 0), Error);
  EXPECT_THROW(labelledGrid(pictures, 1, {{"a", "b"}, {}}), Error);
  EXPECT_THROW(labelledGrid(pictures, 1, {}, 100000), Error);
}

}  // namespace
}  // namespace lorikeet
