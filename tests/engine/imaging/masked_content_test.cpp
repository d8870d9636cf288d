#include "imaging/masked_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imaging/resize.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace lorikeet::testing;  // NOLINT(google-build-using-namespace)

TEST(MaskedContentTest, FillFollowsA1111) {
  const Image source = loadImage(goldenPath("imaging/mask/source.png"));
  const Mask mask = loadMask(goldenPath("imaging/mask/mask.png"));
  const Image expected = loadImage(goldenPath("imaging/mask/fill.png"));
  const Image filled = fillMaskedContent(source, mask, MaskedContent::Fill);
  // Pillow rounds every premultiplied layer to 8 bits; the fill here does not. Fully masked pixels are compared.
  double sum = 0;
  int count = 0;
  int worst = 0;
  for (size_t i = 0; i < mask.values.size(); ++i) {
    if (mask.values[i] != 255) continue;
    for (size_t c = 3 * i; c < 3 * i + 3; ++c, ++count) {
      const int difference = std::abs(filled.pixels[c] - expected.pixels[c]);
      sum += difference;
      worst = std::max(worst, difference);
    }
  }
  EXPECT_LT(sum / count, 2.0);
  EXPECT_LE(worst, 10);
}

TEST(MaskedContentTest, FillIsSmoothOnLargePictures) {
  // Wide blurs run on a reduced picture; a smooth source must not show it.
  Image source = Image::create(1200, 900);
  for (int y = 0; y < 900; ++y)
    for (int x = 0; x < 1200; ++x) {
      const size_t at = (static_cast<size_t>(y) * 1200 + x) * 3;
      source.pixels[at] = static_cast<uint8_t>(x / 5);
      source.pixels[at + 1] = static_cast<uint8_t>(y / 4);
      source.pixels[at + 2] = 90;
    }
  const Mask mask = discMask(1200, 900, 600, 450, 120);
  const Image filled = fillMaskedContent(source, mask, MaskedContent::Fill);
  int worst = 0;
  for (size_t i = 0; i < mask.values.size(); ++i)
    for (size_t c = 0; c < 3; ++c)
      worst = std::max(worst, std::abs(filled.pixels[3 * i + c] - source.pixels[3 * i + c]));
  EXPECT_LE(worst, 26);  // the disc spans 48 levels of red; its middle is known from outside
  const size_t middle = (450 * 1200 + 600) * 3;
  EXPECT_NEAR(filled.pixels[middle], source.pixels[middle], 2);
  EXPECT_NEAR(filled.pixels[middle + 1], source.pixels[middle + 1], 2);
  EXPECT_NEAR(filled.pixels[middle + 2], 90, 1);
}

TEST(MaskedContentTest, NoiseDependsOnTheSeedAlone) {
  const Image source = solidImage(64, 64, 1, 2, 3);
  const Mask mask = Mask::create(64, 64, 255);
  const Image noise = fillMaskedContent(source, mask, MaskedContent::Noise, 7);
  EXPECT_EQ(noise.pixels, fillMaskedContent(source, mask, MaskedContent::Noise, 7).pixels);
  EXPECT_NE(noise.pixels, fillMaskedContent(source, mask, MaskedContent::Noise, 8).pixels);
  double mean = 0;
  for (const uint8_t v : noise.pixels) mean += v;
  mean /= static_cast<double>(noise.pixels.size());
  EXPECT_NEAR(mean, 127.5, 3);  // standard error 0.67
}

TEST(MaskedContentTest, NothingIsGreyAndOriginalIsTheSource) {
  const Image source = randomImage(10, 10, 1);
  const Mask full = Mask::create(10, 10, 255);
  EXPECT_EQ(fillMaskedContent(source, full, MaskedContent::Nothing).pixels, solidImage(10, 10, 128, 128, 128).pixels);
  EXPECT_EQ(fillMaskedContent(source, full, MaskedContent::Original).pixels, source.pixels);
  EXPECT_EQ(fillMaskedContent(source, full, MaskedContent::Fill).pixels, solidImage(10, 10, 128, 128, 128).pixels);
  const Mask none = Mask::create(10, 10, 0);
  for (const auto content : {MaskedContent::Fill, MaskedContent::Noise, MaskedContent::Nothing})
    EXPECT_EQ(fillMaskedContent(source, none, content).pixels, source.pixels);
}

TEST(ExtendCanvasTest, KeepsTheSourceAndMasksTheRest) {
  const Image source = randomImage(40, 30, 2);
  const ExtendedCanvas canvas = extendCanvas(source, 16, 0, 8, 24);
  EXPECT_EQ(canvas.image.width, 64);
  EXPECT_EQ(canvas.image.height, 54);
  EXPECT_EQ(canvas.sourceArea, (Rect{16, 0, 40, 30}));
  EXPECT_EQ(cropImage(canvas.image, canvas.sourceArea).pixels, source.pixels);
  EXPECT_FALSE(anyMasked(cropMask(canvas.mask, canvas.sourceArea)));
  EXPECT_EQ(std::count(canvas.mask.values.begin(), canvas.mask.values.end(), 255), 64 * 54 - 40 * 30);
}

TEST(ExtendCanvasTest, OverlapsOnlyAlongExtendedSides) {
  const ExtendedCanvas canvas = extendCanvas(randomImage(40, 30, 2), 16, 0, 0, 8, 5);
  Mask kept = Mask::create(56, 38, 255);
  pasteMask(kept, Mask::create(35, 25, 0), 21, 0);
  EXPECT_EQ(canvas.mask.values, kept.values);
  EXPECT_TRUE(allMasked(extendCanvas(randomImage(8, 8, 2), 8, 8, 8, 8, 100).mask));
}

TEST(ExtendCanvasTest, FillsWithTheSurroundings) {
  const ExtendedCanvas canvas = extendCanvas(solidImage(20, 20, 200, 40, 90), 12, 12, 12, 12);
  EXPECT_LE(maxDifference(canvas.image.pixels, solidImage(44, 44, 200, 40, 90).pixels), 1);
}

TEST(ExtendCanvasTest, RefusesNonsense) {
  const Image source = randomImage(8, 8, 1);
  EXPECT_THROW(extendCanvas(source, 0, 0, 0, 0), Error);
  EXPECT_THROW(extendCanvas(source, -8, 0, 0, 8), Error);
  EXPECT_THROW(extendCanvas(source, 8, 0, 0, 0, -1), Error);
  EXPECT_THROW(extendCanvas(Image{}, 8, 0, 0, 0), Error);
  EXPECT_THAT([&] { extendCanvas(source, 2'000'000'000, 0, 2'000'000'000, 0); },
              ::testing::ThrowsMessage<Error>(
                  "The extended canvas would be 4000000008 x 8 pixels, but at most 16384 a side are possible."));
}

}  // namespace
}  // namespace lorikeet
