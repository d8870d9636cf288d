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

TEST(LabelledGridTest, PlacesPicturesInTheMiddleOfTheirCells) {
  const std::vector<Image> pictures{randomImage(20, 10, 1), randomImage(20, 10, 2), randomImage(10, 6, 3)};
  LabelledGrid grid({2, 2, 20, 10});
  for (int i = 0; i < 3; ++i) grid.paste(i % 2, i / 2, pictures[static_cast<size_t>(i)]);
  EXPECT_EQ(grid.image().width, 4 + 2 * 24);
  EXPECT_EQ(grid.image().height, 4 + 2 * 14);
  EXPECT_EQ(cropImage(grid.image(), {4, 4, 20, 10}).pixels, pictures[0].pixels);
  EXPECT_EQ(cropImage(grid.image(), {28, 4, 20, 10}).pixels, pictures[1].pixels);
  EXPECT_EQ(cropImage(grid.image(), {9, 20, 10, 6}).pixels, pictures[2].pixels);
  EXPECT_EQ(cropImage(grid.image(), {28, 18, 20, 10}).pixels, solidImage(20, 10, 255, 255, 255).pixels);
}

TEST(LabelledGridTest, WritesLabelsIntoTheMargins) {
  const Image grid =
      LabelledGrid({2, 2, 128, 96},
                   {{"steps 10", "steps 20"},
                    {"ink 0.5", "a very long label that cannot fit into its margin however hard one tries"}})
          .image();
  const int left = grid.width - 4 - 2 * 132;
  const int top = grid.height - 4 - 2 * 100;
  EXPECT_GT(left, 30);
  EXPECT_LE(left, 240);
  EXPECT_GT(top, 12);
  EXPECT_GT(darkPixels(grid, {left + 4, 0, 128, top}), 50);
  EXPECT_GT(darkPixels(grid, {left + 136, 0, 128, top}), 50);
  EXPECT_GT(darkPixels(grid, {0, top + 4, left, 96}), 50);
  EXPECT_GT(darkPixels(grid, {0, top + 104, left, 96}), 50);
  EXPECT_EQ(darkPixels(grid, {left, top, 2 * 132, 2 * 100}), 0);
}

TEST(LabelledGridTest, SurvivesStrangeLabels) {
  const LabelledGrid grid({1, 1, 1, 1}, {{"\xe7\xb4\x85\xe8\x91\x89 \xff\n"}, {std::string(1 << 20, 'w')}});
  EXPECT_GE(grid.image().width, 9);
}

TEST(LabelledGridTest, RefusesWhatIsNoGrid) {
  EXPECT_THROW(LabelledGrid({0, 1, 8, 8}), Error);
  EXPECT_THROW(LabelledGrid({1, 1, 8, 0}), Error);
  EXPECT_THROW(LabelledGrid({1, 2, 8, 8}, {{"a", "b"}, {}}), Error);
  EXPECT_THROW(LabelledGrid({1, 2, 8, 8, 100000}), Error);
}

}  // namespace
}  // namespace lorikeet
