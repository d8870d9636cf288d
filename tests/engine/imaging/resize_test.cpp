#include "imaging/resize.h"

#include <gtest/gtest.h>

#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace lorikeet::testing;  // NOLINT(google-build-using-namespace)

struct Case {
  const char* name;
  ResizeFilter filter;
};

class ResizeTest : public ::testing::TestWithParam<Case> {};

TEST_P(ResizeTest, EqualsPillow) {
  const Image source = loadImage(goldenPath("imaging/resize/source.png"));
  for (const auto& [width, height] : {std::pair{23, 31}, {128, 90}, {128, 20}, {61, 10}, {1, 1}}) {
    const std::string file = std::string(GetParam().name) + "_" + std::to_string(width) + "x" + std::to_string(height);
    const Image expected = loadImage(goldenPath("imaging/resize/" + file + ".png"));
    const Image actual = resizeImage(source, width, height, GetParam().filter);
    EXPECT_EQ(actual.width, width);
    EXPECT_EQ(actual.height, height);
    EXPECT_EQ(maxDifference(actual.pixels, expected.pixels), 0) << file;
  }
}

TEST_P(ResizeTest, KeepsTheSameSizeUntouchedAndOneColourFlat) {
  const Image source = randomImage(17, 9, 1);
  EXPECT_EQ(resizeImage(source, 17, 9, GetParam().filter).pixels, source.pixels);
  const Image flat = solidImage(13, 7, 3, 200, 255);
  EXPECT_EQ(resizeImage(flat, 40, 3, GetParam().filter).pixels, solidImage(40, 3, 3, 200, 255).pixels);
}

INSTANTIATE_TEST_SUITE_P(Filters, ResizeTest,
                         ::testing::Values(Case{"nearest", ResizeFilter::Nearest}, Case{"area", ResizeFilter::Area},
                                           Case{"bilinear", ResizeFilter::Bilinear},
                                           Case{"bicubic", ResizeFilter::Bicubic},
                                           Case{"lanczos", ResizeFilter::Lanczos}),
                         [](const auto& test) { return test.param.name; });

TEST(ResizeMaskTest, EqualsPillow) {
  const Mask mask = loadMask(goldenPath("imaging/resize/mask.png"));
  EXPECT_EQ(resizeMask(mask, 40, 33).values, loadMask(goldenPath("imaging/resize/mask_bilinear_40x33.png")).values);
}

TEST(ResizeTest, RefusesImpossibleSizes) {
  const Image source = randomImage(4, 4, 1);
  EXPECT_THROW(resizeImage(source, 0, 4), Error);
  EXPECT_THROW(resizeImage(source, 4, 100000), Error);
  EXPECT_THROW(resizeImage(Image{}, 4, 4), Error);
}

TEST(CropTest, CropAndPasteAreInverse) {
  const Image source = randomImage(20, 15, 2);
  const Rect area{3, 4, 9, 8};
  const Image part = cropImage(source, area);
  ASSERT_EQ(part.pixels.size(), 9U * 8 * 3);
  EXPECT_EQ(part.pixels[0], source.pixels[(4 * 20 + 3) * 3]);
  EXPECT_EQ(part.pixels.back(), source.pixels[(11 * 20 + 11) * 3 + 2]);
  Image target = source;
  pasteImage(target, solidImage(9, 8, 0, 0, 0), 3, 4);
  EXPECT_NE(target.pixels, source.pixels);
  pasteImage(target, part, 3, 4);
  EXPECT_EQ(target.pixels, source.pixels);
}

}  // namespace
}  // namespace lorikeet
