#include "lorikeet/annotate.h"

#include <gtest/gtest.h>

#include "imaging/resize.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace lorikeet::testing;  // NOLINT(google-build-using-namespace)

Image source() { return loadImage(goldenPath("imaging/annotate/source.png")); }
Image golden(const std::string& name) { return loadImage(goldenPath("imaging/annotate/" + name + ".png")); }

TEST(CannyTest, EqualsPythonsCv2) {
  EXPECT_EQ(cannyEdges(source()).pixels, golden("canny_default").pixels);
  EXPECT_EQ(cannyEdges(source(), {150, 200}).pixels, golden("canny_inpaint_preset").pixels);
  EXPECT_EQ(cannyEdges(source(), {.l2Gradient = true}).pixels, golden("canny_l2").pixels);
  EXPECT_EQ(cannyEdges(source(), {50, 150, 1.4}).pixels, golden("canny_blurred").pixels);
  EXPECT_EQ(cannyEdges(source(), {200, 100}).pixels, golden("canny_swapped").pixels);
}

TEST(CannyTest, HigherThresholdsGiveFewerEdges) {
  const auto count = [](const Image& map) { return std::count(map.pixels.begin(), map.pixels.end(), 255); };
  const auto many = count(cannyEdges(source(), {20, 60}));
  const auto few = count(cannyEdges(source(), {300, 600}));
  EXPECT_GT(many, few);
  EXPECT_GT(few, 0);
}

TEST(CannyTest, HasNoEdgesInAFlatOrTinyPicture) {
  EXPECT_EQ(cannyEdges(solidImage(40, 30, 255, 0, 80)).pixels, Image::create(40, 30).pixels);
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 9}, {9, 1}, {2, 2}})
    EXPECT_EQ(cannyEdges(solidImage(width, height, 9, 9, 9), {100, 200, 2}).pixels.size(),
              static_cast<size_t>(width) * height * 3);
}

TEST(CannyTest, RefusesOptionsOutOfRange) {
  EXPECT_THROW(cannyEdges(source(), {-1, 200}), Error);
  EXPECT_THROW(cannyEdges(source(), {100, 1e9}), Error);
  EXPECT_THROW(cannyEdges(source(), {100, 200, 1000}), Error);
  EXPECT_THROW(cannyEdges(source(), {100, std::nan("")}), Error);
  EXPECT_THROW(cannyEdges(Image{}), Error);
}

TEST(LineArtTest, InvertsColours) {
  EXPECT_EQ(invertColours({1, 1, {0, 255, 100}}).pixels, (std::vector<uint8_t>{255, 0, 155}));
}

TEST(LineArtTest, TakesTheDarkestChannelBelowTheThreshold) {
  const Image image{3, 1, {200, 200, 126, 200, 127, 200, 0, 0, 0}};
  EXPECT_EQ(linesBelowThreshold(image).pixels, (std::vector<uint8_t>{255, 255, 255, 0, 0, 0, 255, 255, 255}));
  EXPECT_THROW(linesBelowThreshold(image, 0), Error);
}

TEST(LineArtTest, SoftLinesEqualTheReference) {
  EXPECT_LE(maxDifference(softLineArt(source()).pixels, golden("soft_line_art").pixels), 1);
  EXPECT_EQ(softLineArt(solidImage(8, 8, 4, 4, 4)).pixels, Image::create(8, 8).pixels);
}

TEST(CannyTest, AnnotatesEveryControlInput) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  for (const char* name : {"bird", "dog", "house", "room", "building", "toy", "bag", "cyber"}) {
    const Image image = loadImage(sharedPath("testdata/control_inputs") / (std::string(name) + ".png"));
    const Image edges = cannyEdges(image);
    const auto white = std::count(edges.pixels.begin(), edges.pixels.end(), 255);
    EXPECT_GT(white, static_cast<std::ptrdiff_t>(edges.pixels.size() / 200)) << name;
    EXPECT_LT(white, static_cast<std::ptrdiff_t>(edges.pixels.size() / 2)) << name;
    EXPECT_EQ(std::count(edges.pixels.begin(), edges.pixels.end(), 0) + white,
              static_cast<std::ptrdiff_t>(edges.pixels.size()));
  }
}

}  // namespace
}  // namespace lorikeet
