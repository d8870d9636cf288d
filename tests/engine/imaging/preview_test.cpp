#include "imaging/preview.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/pictures.h"

namespace lorikeet {
namespace {

TEST(PreviewTest, KeepsColoursAndSmoothsGradients) {
  Tensor rgb({1, 2, 8, 3});
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 8; ++x)
      for (int c = 0; c < 3; ++c)
        rgb[(static_cast<size_t>(y) * 8 + x) * 3 + c] = c == 0 ? -0.7F + 0.2F * static_cast<float>(x) : 0.5F;
  const Image image = enlargePreview(rgb, 128, 32);
  EXPECT_EQ(image.width, 128);
  EXPECT_EQ(image.height, 32);
  for (size_t x = 1; x < 128; ++x) {
    const int step = image.pixels[3 * x] - image.pixels[3 * (x - 1)];
    EXPECT_GE(step, -1);  // cubic interpolation may bend by a level at the clamped ends
    EXPECT_LE(step, 4);   // 0.2 over 16 pixels is 1.6 levels a pixel
    EXPECT_EQ(image.pixels[3 * x + 1], 191);
  }
  EXPECT_NEAR(image.pixels[0], 38, 3);
  EXPECT_NEAR(image.pixels[127 * 3], 217, 3);
}

TEST(PreviewTest, SurvivesValuesThatAreNoNumbers) {
  Tensor rgb({1, 1, 1, 3});
  rgb[0] = std::numeric_limits<float>::quiet_NaN();
  rgb[1] = 100;
  rgb[2] = -100;
  const Image image = enlargePreview(rgb, 4, 4);
  EXPECT_EQ(image.pixels, testing::solidImage(4, 4, 0, 255, 0).pixels);
}

}  // namespace
}  // namespace lorikeet
