#include <gtest/gtest.h>

#include "io/png_text.h"
#include "lorikeet/picture_io.h"
#include "lorikeet/picture_settings.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSourceType = "digitalsourcetype/trainedAlgorithmicMedia";

Image gradient(int width, int height) {
  Image image = Image::create(width, height);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i * 7 / 5);
  return image;
}

std::string infotext(const std::string& prompt) {
  GenerateRequest request;
  request.prompt = prompt;
  request.seed = 18446744073709551615U;
  return toInfotext(request, 0, {33, 17, "dreamy", "0123456789", {}, {}});
}

class SavePictureTest : public ::testing::TestWithParam<const char*> {};

TEST_P(SavePictureTest, SettingsComeBackFromEveryFormat) {
  const testing::TemporaryFolder folder;
  const fs::path file = folder / ("picture" + std::string(GetParam()));
  for (const std::string prompt : {"a fox, \"red\"", "\xe7\x8b\x90 \xf0\x9f\xa6\x8a \xc3\xa9\nsecond line"}) {
    savePicture(file, gradient(33, 17), {infotext(prompt), true});
    const auto settings = readPictureSettings(file);
    ASSERT_TRUE(settings.has_value());
    EXPECT_EQ(settings->prompt, prompt);
    EXPECT_EQ(settings->seed, 18446744073709551615U);
    const Picture picture = loadPicture(file);
    EXPECT_EQ(picture.image.width, 33);
    EXPECT_EQ(picture.image.height, 17);
    EXPECT_NE(testing::readFile(file).find(kSourceType), std::string::npos);
  }
}

TEST_P(SavePictureTest, PrivatePicturesSayNothing) {
  const testing::TemporaryFolder folder;
  const fs::path file = folder / ("picture" + std::string(GetParam()));
  savePicture(file, gradient(16, 8), {});
  EXPECT_FALSE(readPictureSettings(file).has_value());
  const std::string bytes = testing::readFile(file);
  for (const char* word : {"parameters", "Exif", "EXIF", "adobe", "trainedAlgorithmicMedia"})
    EXPECT_EQ(bytes.find(word), std::string::npos) << word;
}

INSTANTIATE_TEST_SUITE_P(Formats, SavePictureTest, ::testing::Values(".png", ".jpg", ".JPEG", ".webp"));

TEST(SavePictureTest, LosslessWebPKeepsThePixels) {
  const testing::TemporaryFolder folder;
  const Image image = gradient(64, 48);
  savePicture(folder / "picture.webp", image, {infotext("fox"), true}, 100);
  EXPECT_EQ(loadPicture(folder / "picture.webp").image, image);
  EXPECT_EQ(readPictureSettings(folder / "picture.webp")->prompt, "fox");
}

TEST(SavePictureTest, TheSourceTypeOfAPngIsInternationalText) {
  const std::vector<std::byte> file = encodePng(gradient(8, 8), {{"XML:com.adobe.xmp", "<x/>"}});
  const std::string bytes(reinterpret_cast<const char*>(file.data()), file.size());
  EXPECT_NE(bytes.find("iTXtXML:com.adobe.xmp"), std::string::npos);
}

TEST(SavePictureTest, WhatCannotBeWrittenIsRefusedAndLeavesNothing) {
  const testing::TemporaryFolder folder;
  const Image image = gradient(8, 8);
  EXPECT_THROW(savePicture(folder / "picture.gif", image, {}), Error);
  EXPECT_THROW(savePicture(folder / "picture.jpg", image, {}, 0), Error);
  EXPECT_THROW(savePicture(folder / "picture.jpg", image, {infotext(std::string(40'000, 'x')), true}), Error);
  EXPECT_THROW(savePicture(folder / "wide.webp", Image::create(16384, 1), {}), Error);
  EXPECT_TRUE(fs::is_empty(folder.path()));
  savePicture(folder / "picture.webp", image, {infotext(std::string(200'000, 'x')), true});
  EXPECT_EQ(readPictureSettings(folder / "picture.webp")->prompt.size(), 200'000u);
}

}  // namespace
}  // namespace lorikeet
