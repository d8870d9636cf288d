#include "lorikeet/picture_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/execution_context.h"
#include "support/pictures.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
using namespace lorikeet::testing;  // NOLINT(google-build-using-namespace)
using ::testing::HasSubstr;

std::vector<fs::path> decodable() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(goldenPath("imaging/decode")))
    if (entry.path().extension() != ".ppm" && entry.path().extension() != ".pgm") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class DecodeTest : public ::testing::TestWithParam<fs::path> {};

TEST_P(DecodeTest, GivesTheExpectedPixels) {
  const fs::path file = GetParam();
  const Picture picture = loadPicture(file);
  // WebP's YUV conversion and CMYK products may round differently in other versions of the libraries.
  const bool exact = file.extension() != ".jpg" && file.filename() != "rgb.webp";
  EXPECT_LE(maxDifference(picture.image.pixels, readPnm(file.string() + ".ppm")), exact ? 0 : 1);
  const fs::path alpha = file.string() + ".alpha.pgm";
  EXPECT_EQ(picture.info.hasAlpha, fs::exists(alpha));
  EXPECT_EQ(picture.alpha.values, fs::exists(alpha) ? readPnm(alpha) : std::vector<uint8_t>());
}

TEST_P(DecodeTest, HeaderTellsTheSizeAsShown) {
  const auto bytes = readBytes(GetParam());
  const PictureInfo info = inspectPicture(bytes, "x");
  const Picture picture = decodePicture(bytes, "x");
  EXPECT_EQ(info.width, picture.image.width);
  EXPECT_EQ(info.height, picture.image.height);
  EXPECT_EQ(info.orientation >= 5, info.width == 19);
}

TEST_P(DecodeTest, RefusesEveryCut) {
  const auto bytes = readBytes(GetParam());
  for (size_t length = 0; length < bytes.size(); length += length + 40 < bytes.size() ? 5 : 1) {
    const std::span<const uint8_t> cut(bytes.data(), length);
    EXPECT_THROW(decodePicture(cut, "cut"), Error) << length << " of " << bytes.size();
  }
}

TEST_P(DecodeTest, SurvivesDamage) {
  const auto bytes = readBytes(GetParam());
  std::mt19937 generator(7);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    auto damaged = bytes;
    for (int i = 0; i < 1 + round % 3; ++i) damaged[generator() % damaged.size()] = static_cast<uint8_t>(generator());
    try {
      const Picture picture = decodePicture(damaged, "damaged", {.maxSide = 4096, .maxPixels = 1 << 22});
      EXPECT_EQ(picture.image.pixels.size(), static_cast<size_t>(picture.image.width) * picture.image.height * 3);
    } catch (const Error&) {
      ++refused;
    }
  }
  RecordProperty("refused", refused);
}

INSTANTIATE_TEST_SUITE_P(Golden, DecodeTest, ::testing::ValuesIn(decodable()), [](const auto& file) {
  std::string name = file.param.filename().string();
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

/// The message of the error that reading these bytes gives.
std::string refusal(std::span<const uint8_t> bytes, ErrorKind kind, const PictureLimits& limits = {}) {
  try {
    decodePicture(bytes, "sky.png", limits);
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.kind()), static_cast<int>(kind)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "was read";
  return {};
}

void put32(std::vector<uint8_t>& bytes, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

TEST(PictureIoTest, RefusesTooLargePicturesFromTheirHeader) {
  auto bytes = readBytes(goldenPath("imaging/decode/rgb.png"));
  put32(bytes, 16, 20000);
  put32(bytes, 20, 20000);
  EXPECT_EQ(
      refusal(bytes, ErrorKind::InvalidArgument),
      "The picture sky.png is 20000 x 20000 pixels, which is too large: at most 16384 pixels a side and 128 million "
      "pixels are read.");
  const auto jpeg = readBytes(goldenPath("imaging/decode/rgb.jpg"));
  EXPECT_THAT(refusal(jpeg, ErrorKind::InvalidArgument, {.maxSide = 20}), HasSubstr("29 x 19"));
  EXPECT_THAT(refusal(jpeg, ErrorKind::InvalidArgument, {.maxPixels = 500}), HasSubstr("29 x 19"));
}

TEST(PictureIoTest, RefusesSizesOfZero) {
  auto bytes = readBytes(goldenPath("imaging/decode/rgb.png"));
  put32(bytes, 16, 0);
  EXPECT_THAT(refusal(bytes, ErrorKind::Corrupt), HasSubstr("0 x 19"));
}

TEST(PictureIoTest, ReadsASinglePixel) {
  const Image image = loadImage(goldenPath("imaging/resize/lanczos_1x1.png"));
  EXPECT_EQ(image.width, 1);
  EXPECT_EQ(image.height, 1);
  EXPECT_EQ(image.pixels.size(), 3U);
}

TEST(PictureIoTest, RefusesAJpegWhoseMiddleIsMissing) {
  auto bytes = readBytes(goldenPath("imaging/annotate/source.png"));
  bytes = readBytes(goldenPath("imaging/decode/rgb.jpg"));
  ASSERT_GT(bytes.size(), 900U);
  bytes.erase(bytes.end() - 200, bytes.end() - 2);  // the end mark stays
  EXPECT_THAT(refusal(bytes, ErrorKind::Corrupt), HasSubstr("truncated"));
}

TEST(PictureIoTest, RefusesAPngWithAnEmptiedDataChunk) {
  const auto bytes = readBytes(goldenPath("imaging/decode/rgb.png"));
  const std::string text(bytes.begin(), bytes.end());
  const size_t data = text.find("IDAT") - 4;
  const size_t end = text.find("IEND") - 4;
  std::vector<uint8_t> emptied(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(data));
  for (uint8_t v : {0, 0, 0, 0, 'I' + 0, 'D' + 0, 'A' + 0, 'T' + 0, 0x35, 0xaf, 0x06, 0x1e})
    emptied.push_back(static_cast<uint8_t>(v));
  emptied.insert(emptied.end(), bytes.begin() + static_cast<std::ptrdiff_t>(end), bytes.end());
  refusal(emptied, ErrorKind::Corrupt);
}

TEST(PictureIoTest, NamesWhatItDoesNotRead) {
  const auto refused = [](const char* name) { return readBytes(goldenPath("imaging/refused") / name); };
  EXPECT_THAT(refusal(refused("cmyk.tif"), ErrorKind::Unsupported), HasSubstr("a CMYK TIFF"));
  EXPECT_THAT(refusal(refused("float.tif"), ErrorKind::Unsupported), HasSubstr("floating-point"));
  EXPECT_THAT(refusal(refused("animated.webp"), ErrorKind::Unsupported), HasSubstr("animated"));
  const std::string text = "GIF89a and more bytes";
  EXPECT_EQ(refusal(std::vector<uint8_t>(text.begin(), text.end()), ErrorKind::Unsupported),
            "sky.png is not a picture that Lorikeet reads (PNG, JPEG, WebP, BMP or TIFF).");
  EXPECT_EQ(refusal({}, ErrorKind::Corrupt), "The picture sky.png is empty.");
}

TEST(PictureIoTest, TellsWhyAFileCannotBeOpened) {
  const TemporaryFolder folder;
  EXPECT_THAT([&] { loadPicture(folder / "nothing.png"); },
              ::testing::ThrowsMessage<Error>(HasSubstr("There is no picture")));
  EXPECT_THAT([&] { loadPicture(folder.path()); }, ::testing::ThrowsMessage<Error>(HasSubstr("is not a picture file")));
}

TEST(FlattenTest, LaysThePictureOverABackground) {
  Picture picture;
  picture.image = solidImage(3, 1, 10, 20, 30);
  picture.alpha = {3, 1, {255, 0, 51}};
  EXPECT_EQ(flatten(picture).pixels, (std::vector<uint8_t>{10, 20, 30, 255, 255, 255, 206, 208, 210}));
  EXPECT_EQ(flatten(picture, {0, 0, 0}).pixels, (std::vector<uint8_t>{10, 20, 30, 0, 0, 0, 2, 4, 6}));
}

TEST(FlattenTest, RefusesAnAlphaOnlyPicture) {
  Picture picture;
  picture.name = "ghost.png";
  picture.image = solidImage(2, 2, 9, 9, 9);
  picture.alpha = Mask::create(2, 2, 0);
  EXPECT_THAT([&] { flatten(picture); },
              ::testing::ThrowsMessage<Error>(HasSubstr("ghost.png is transparent everywhere")));
}

TEST(MaskFromPictureTest, TakesBrightnessOrOpacity) {
  Picture picture;
  picture.image = {3, 1, {0, 0, 0, 255, 255, 255, 255, 0, 0}};
  EXPECT_EQ(maskFromPicture(picture).values, (std::vector<uint8_t>{0, 255, 76}));
  picture.alpha = {3, 1, {255, 128, 255}};
  EXPECT_EQ(maskFromPicture(picture).values, (std::vector<uint8_t>{0, 128, 76}));
  picture.image = solidImage(3, 1, 0, 0, 0);  // black strokes on a transparent layer
  EXPECT_EQ(maskFromPicture(picture).values, picture.alpha.values);
  EXPECT_EQ(maskFromTransparency(picture).values, (std::vector<uint8_t>{0, 127, 0}));
}

TEST(StopTest, DecodingAnswersAStop) {
  std::stop_source stop;
  stop.request_stop();
  for (const fs::path& file : decodable()) EXPECT_THROW(loadPicture(file, {}, stop.get_token()), Stopped) << file;
}

TEST(StopTest, APossibleStopChangesNothing) {
  const std::stop_source stop;
  for (const fs::path& file : decodable()) {
    const Picture picture = loadPicture(file, {}, stop.get_token());
    EXPECT_EQ(picture.image.pixels, loadPicture(file).image.pixels) << file;
  }
}

TEST(PicturesOfOthersTest, ReadsAllPhotos) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  struct Photo {
    const char* name;
    int width, height;
  };
  for (const Photo& photo :
       {Photo{"astronaut.png", 512, 512}, Photo{"chelsea.png", 451, 300}, Photo{"coffee.png", 600, 400},
        Photo{"camera.png", 512, 512}, Photo{"rocket.jpg", 640, 427}, Photo{"hubble_deep_field.jpg", 1000, 872},
        Photo{"foo3x5x4indexed.png", 5, 3}, Photo{"palette_color.png", 10, 10}}) {
    SCOPED_TRACE(photo.name);
    const Picture picture = loadPicture(sharedPath("testdata/photos") / photo.name);
    EXPECT_EQ(picture.image.width, photo.width);
    EXPECT_EQ(picture.image.height, photo.height);
    const auto [low, high] = std::minmax_element(picture.image.pixels.begin(), picture.image.pixels.end());
    EXPECT_GT(*high - *low, 60);
  }
}

TEST(PicturesOfOthersTest, RefusesTheTruncatedJpeg) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  EXPECT_THAT(
      [] { loadPicture(sharedPath("testdata/photos/truncated.jpg")); },
      ::testing::ThrowsMessage<Error>("The picture truncated.jpg is truncated: part of the JPEG data is missing."));
}

}  // namespace
}  // namespace lorikeet
