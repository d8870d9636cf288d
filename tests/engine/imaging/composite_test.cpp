#include "imaging/composite.h"

#include <gtest/gtest.h>

#include "imaging/masked_content.h"
#include "imaging/resize.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace lorikeet::testing;  // NOLINT(google-build-using-namespace)

/// How many pixels with mask 0 differ in any byte.
int changedOutside(const Image& source, const Image& result, const Mask& mask) {
  int changed = 0;
  for (size_t i = 0; i < mask.values.size(); ++i)
    if (mask.values[i] == 0 && !std::equal(&source.pixels[3 * i], &source.pixels[3 * i] + 3, &result.pixels[3 * i]))
      ++changed;
  return changed;
}

TEST(CompositeTest, BlendsByTheMask) {
  const Image source = solidImage(4, 1, 10, 100, 255);
  const Image painted = solidImage(4, 1, 210, 0, 255);
  const Image result = compositeMasked(source, painted, {4, 1, {0, 255, 51, 1}});
  EXPECT_EQ(result.pixels, (std::vector<uint8_t>{10, 100, 255, 210, 0, 255, 50, 80, 255, 11, 100, 255}));
}

TEST(CompositeTest, EmptyAndFullMasks) {
  const Image source = randomImage(30, 20, 1);
  const Image painted = randomImage(30, 20, 2);
  EXPECT_EQ(compositeMasked(source, painted, Mask::create(30, 20, 0)).pixels, source.pixels);
  EXPECT_EQ(compositeMasked(source, painted, Mask::create(30, 20, 255)).pixels, painted.pixels);
}

TEST(PasteMaskedAreaTest, PutsAWorkPictureOfAnySizeBack) {
  const Image source = randomImage(90, 70, 3);
  const Mask mask = blurMask(discMask(90, 70, 50, 30, 12), 3);
  const Rect area = onlyMaskedArea(mask, 6, 64, 64);
  const Image painted = solidImage(64, 64, 20, 200, 90);
  const Image result = pasteMaskedArea(source, painted, area, mask);
  EXPECT_EQ(changedOutside(source, result, mask), 0);
  const size_t centre = (30 * 90 + 50) * 3;
  EXPECT_EQ(mask.values[centre / 3], 255);
  EXPECT_EQ(result.pixels[centre], 20);
  EXPECT_EQ(result.pixels[centre + 1], 200);
}

TEST(MatchSeamColoursTest, TakesAConstantShiftAway) {
  Image source = Image::create(80, 60);
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 80; ++x)
      for (int c = 0; c < 3; ++c) source.pixels[(y * 80 + x) * 3 + c] = static_cast<uint8_t>(60 + x + y / 2 + 10 * c);
  Image shifted = source;
  for (size_t i = 0; i < shifted.pixels.size(); ++i)
    shifted.pixels[i] = static_cast<uint8_t>(shifted.pixels[i] + (i % 3 == 0 ? 17 : i % 3 == 1 ? -9 : 4));
  const Mask mask = discMask(80, 60, 40, 30, 14);
  EXPECT_LE(maxDifference(matchSeamColours(source, shifted, mask).pixels, source.pixels), 1);
}

TEST(MatchSeamColoursTest, LimitsTheGainAndNeedsARing) {
  const Image source = randomImage(40, 40, 5);
  const Image painted = randomImage(40, 40, 6);
  EXPECT_EQ(matchSeamColours(source, painted, Mask::create(40, 40, 255)).pixels, painted.pixels);
  EXPECT_EQ(matchSeamColours(source, painted, Mask::create(40, 40, 0)).pixels, painted.pixels);
  Image flat = source;  // hardly any contrast: a gain of 127 would be wanted, 1.25 is given
  for (uint8_t& v : flat.pixels) v = static_cast<uint8_t>(126 + v % 5);
  const Image matched = matchSeamColours(source, flat, discMask(40, 40, 20, 20, 6));
  const auto [low, high] = std::minmax_element(matched.pixels.begin(), matched.pixels.end());
  EXPECT_LE(*high - *low, 5 * 1.25 + 24);
}

struct InpaintCase {
  const char* image;
  const char* mask;
};

/// Every pair of testdata/inpaint, as a picture and a mask of its size.
class InpaintPairTest : public ::testing::TestWithParam<InpaintCase> {};

TEST_P(InpaintPairTest, PixelsWithMaskZeroKeepTheirBytes) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto folder = sharedPath("testdata/inpaint");
  const Picture picture = loadPicture(folder / GetParam().image);
  const Picture maskPicture = loadPicture(folder / GetParam().mask);
  Mask mask = picture.name == maskPicture.name ? maskFromTransparency(picture) : maskFromPicture(maskPicture);
  const Image& source = picture.image;
  if (mask.width != source.width || mask.height != source.height) mask = resizeMask(mask, source.width, source.height);
  ASSERT_TRUE(anyMasked(mask));
  ASSERT_FALSE(allMasked(mask));
  for (const Mask& used : {mask, blurMask(mask, 4), growMask(mask, 8), growMask(mask, -4), featherMask(mask, 6)}) {
    const Rect area = onlyMaskedArea(used, 32, 512, 512);
    const Image painted = randomImage(256, 256, 9);
    EXPECT_EQ(changedOutside(source, pasteMaskedArea(source, painted, area, used), used), 0);
    const Image whole = resizeImage(painted, source.width, source.height, ResizeFilter::Nearest);
    EXPECT_EQ(changedOutside(source, compositeMasked(source, matchSeamColours(source, whole, used), used), used), 0);
    EXPECT_EQ(changedOutside(source, fillMaskedContent(source, used, MaskedContent::Noise), used), 0);
  }
  EXPECT_EQ(changedOutside(source, fillMaskedContent(source, mask, MaskedContent::Fill), mask), 0);
}

INSTANTIATE_TEST_SUITE_P(
    SharedData, InpaintPairTest,
    ::testing::Values(InpaintCase{"6458524847_2f4c361183_k.png", "6458524847_2f4c361183_k_mask.png"},
                      InpaintCase{"8399166846_f6fb4e4b8e_k.png", "8399166846_f6fb4e4b8e_k_mask.png"},
                      InpaintCase{"alex-iby-G_Pk4D9rMLs.png", "alex-iby-G_Pk4D9rMLs_mask.png"},
                      InpaintCase{"bertrand-gabioud-CpuFzIsHYJ0.png", "bertrand-gabioud-CpuFzIsHYJ0_mask.png"},
                      InpaintCase{"overture-creations-5sI6fQgYIuo.png", "overture-creations-5sI6fQgYIuo_mask.png"},
                      InpaintCase{"cloneofsimo_base.png", "cloneofsimo_mask.png"},
                      InpaintCase{"visioncpp_bench-image.jpg", "visioncpp_bench-mask.png"},
                      InpaintCase{"a1111_img2img_basic.png", "a1111_mask_basic.png"},
                      InpaintCase{"comfy_yosemite_alpha_mask.png", "comfy_yosemite_alpha_mask.png"},
                      InpaintCase{"coyote-input.webp", "coyote-mask.webp"}),
    [](const auto& test) { return "case" + std::to_string(test.index); });

}  // namespace
}  // namespace lorikeet
