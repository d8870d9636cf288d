#include "imaging/tensor_image.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/pictures.h"

namespace lorikeet {
namespace {

using namespace lorikeet::testing;  // NOLINT(google-build-using-namespace)

TEST(TensorImageTest, EveryByteSurvivesTheRoundTripInBothLayouts) {
  Image image = Image::create(16, 16);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i / 3 + 85 * (i % 3));
  for (const TensorLayout layout : {TensorLayout::ChannelsLast, TensorLayout::ChannelsFirst})
    EXPECT_EQ(tensorToImage(imageToTensor(image, layout), layout).pixels, image.pixels);
  EXPECT_EQ(imageToTensor(image).shape(), (Shape{1, 16, 16, 3}));
  EXPECT_EQ(imageToTensor(image, TensorLayout::ChannelsFirst).shape(), (Shape{1, 3, 16, 16}));
  EXPECT_TRUE(closeTo(toChannelsFirst(imageToTensor(image)), imageToTensor(image, TensorLayout::ChannelsFirst), 0));
}

TEST(TensorImageTest, ScalesToMinusOneToOne) {
  const Image image{2, 1, {0, 255, 51, 102, 128, 1}};
  EXPECT_TRUE(closeTo(imageToTensor(image),
                      Tensor::from({1, 1, 2, 3}, std::vector<float>{-1, 1, -0.6F, -0.2F, 1 / 255.F, -253 / 255.F}),
                      1e-6));
  EXPECT_TRUE(closeTo(controlToTensor(image),
                      Tensor::from({1, 1, 2, 3}, std::vector<float>{0, 1, 0.2F, 0.4F, 128 / 255.F, 1 / 255.F}), 1e-6));
}

TEST(TensorImageTest, ClampsAndRoundsToNearest) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  // (x / 2 + 0.5) * 255 = 100.4, 100.6, beyond, infinite, not a number, 0.5 (to even)
  const auto level = [](double v) { return static_cast<float>(v / 255 * 2 - 1); };
  const Tensor tensor = Tensor::from(
      {1, 1, 3, 3}, std::vector<float>{level(100.4), level(100.6), 7, inf, -inf, nan, -3, level(254.6), 0});
  EXPECT_EQ(tensorToImage(tensor).pixels, (std::vector<uint8_t>{100, 101, 255, 255, 0, 0, 0, 255, 128}));
}

TEST(TensorImageTest, PicksOneOfABatch) {
  Tensor batch({2, 1, 1, 3});
  for (size_t i = 0; i < 6; ++i) batch[i] = static_cast<float>(static_cast<double>(i) * 10 / 255 * 2 - 1);
  EXPECT_EQ(tensorToImage(batch, TensorLayout::ChannelsLast, 1).pixels, (std::vector<uint8_t>{30, 40, 50}));
}

TEST(MaskTensorTest, IsBinaryAtOneHalf) {
  const Tensor tensor = maskToTensor({4, 1, {0, 127, 128, 255}});
  EXPECT_EQ(tensor.shape(), (Shape{1, 1, 4, 1}));
  EXPECT_EQ(std::vector<float>(tensor.values().begin(), tensor.values().end()), (std::vector<float>{0, 0, 1, 1}));
}

TEST(MaskTensorTest, ReducesToTheFirstPixelOfEachCell) {
  Mask mask = Mask::create(16, 16, 0);
  mask.values[8] = 200;             // the corner of cell (1, 0)
  mask.values[16 * 15 + 15] = 255;  // not a corner
  const Tensor nearest = maskToLatents(mask);
  EXPECT_EQ(std::vector<float>(nearest.values().begin(), nearest.values().end()), (std::vector<float>{0, 1, 0, 0}));
  const Tensor soft = softMaskToLatents(mask);
  EXPECT_FLOAT_EQ(soft[1], 200.F / 255 / 64);
  EXPECT_FLOAT_EQ(soft[3], 1.F / 64);
}

TEST(MaskTensorTest, MaskedImageIsGreyUnderTheMask) {
  const Image image = solidImage(2, 1, 255, 0, 255);
  const Tensor tensor = maskedImageToTensor(image, {2, 1, {127, 128}});
  EXPECT_EQ(std::vector<float>(tensor.values().begin(), tensor.values().end()),
            (std::vector<float>{1, -1, 1, 0, 0, 0}));
}

}  // namespace
}  // namespace lorikeet
