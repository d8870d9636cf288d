#include "io/png_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>
#include <zlib.h>

#include <lorikeet/error.h>

#include "io/png_chunks.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::sharedPath;
using testing::TemporaryFolder;

Image gradient(int width, int height) {
  Image image = Image::create(width, height);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i * 7);
  return image;
}

/// Decoded by libpng.
Image decoded(const std::vector<std::byte>& file) {
  png_image description = {};
  description.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&description, file.data(), file.size()), 0) << description.message;
  description.format = PNG_FORMAT_RGB;
  Image image = Image::create(static_cast<int>(description.width), static_cast<int>(description.height));
  EXPECT_NE(png_image_finish_read(&description, nullptr, image.pixels.data(), 0, nullptr), 0) << description.message;
  return image;
}

std::vector<std::string> chunkTypes(const std::vector<std::byte>& file) {
  std::vector<std::string> types;
  for (auto chunk = pngChunkAt(file, kPngSignatureSize); chunk; chunk = pngChunkAt(file, chunk->end))
    types.emplace_back(chunk->type);
  return types;
}

TEST(PngText, KeepsPixelsAndTexts) {
  const Image image = gradient(37, 21);
  const ImageText text{{"parameters", "a red fox\nSteps: 20, Sampler: \"DPM++ 2M\""},
                       {"latin", "caf\u00e9"},
                       {"cjk", "\u72d0\u72f8 \U0001F98A"},
                       {"looks like UTF-8", "\u00c3\u00a9"},
                       {"empty", ""}};
  const auto file = encodePng(image, text);
  EXPECT_EQ(decoded(file).pixels, image.pixels);
  EXPECT_EQ(readPngText(file), text);
  EXPECT_EQ(encodePng(image, text), file);
  const auto types = chunkTypes(file);
  EXPECT_THAT(std::vector<std::string>(types.begin(), types.begin() + 6),
              ElementsAre("IHDR", "tEXt", "tEXt", "iTXt", "iTXt", "tEXt"));
}

TEST(PngText, WritesLatin1AsThePngRulesSay) {
  const auto file = encodePng(gradient(1, 1), {{"k", "caf\u00e9"}});
  const auto header = pngChunkAt(file, kPngSignatureSize);
  const auto chunk = pngChunkAt(file, header->end);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chunk->data.data()), chunk->data.size()), "k\0caf\xe9"s);
}

TEST(PngText, SavesBesideAndRenames) {
  const TemporaryFolder folder;
  savePng(folder / "x.png", gradient(8, 8), {{"parameters", "fox"}});
  EXPECT_THAT(readPngText(folder / "x.png"), ElementsAre(Pair("parameters", "fox")));
  EXPECT_THROW(savePng(folder / "none/x.png", gradient(8, 8)), Error);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()),
            1);
}

TEST(PngText, RefusesWhatAPngCannotHold) {
  EXPECT_THROW(encodePng(Image{}), Error);
  EXPECT_THROW(encodePng(gradient(1, 1), {{"", "x"}}), Error);
  EXPECT_THROW(encodePng(gradient(1, 1), {{std::string(80, 'k'), "x"}}), Error);
  EXPECT_THROW(encodePng(gradient(1, 1), {{"\u72d0", "x"}}), Error);
}

/// The picture of one pixel with more chunks between its data and its end.
std::vector<std::byte> withChunks(std::initializer_list<std::pair<std::string_view, std::string>> chunks) {
  std::vector<std::byte> file = encodePng(gradient(1, 1));
  file.resize(file.size() - 12);  // IEND
  for (const auto& [type, data] : chunks) appendPngChunk(file, type, data);
  appendPngChunk(file, "IEND", "");
  return file;
}

std::string deflated(const std::string& text) {
  std::string packed(compressBound(text.size()), '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
  packed.resize(size);
  return packed;
}

TEST(PngText, ReadsEveryKindBehindTheData) {
  const auto file = withChunks({{"tEXt", "a\0plain"s},
                                {"zTXt", "b\0\0"s + deflated("packed caf\xe9")},
                                {"iTXt", "c\0\0\0en\0key\0caf\u00e9"s},
                                {"iTXt", "d\0\1\0\0\0"s + deflated("\u72d0")},
                                {"tEXt", "e\0\u72d0"s}});
  EXPECT_THAT(readPngText(file), ElementsAre(Pair("a", "plain"), Pair("b", "packed caf\u00e9"), Pair("c", "caf\u00e9"),
                                             Pair("d", "\u72d0"), Pair("e", "\u72d0")));
}

TEST(PngText, LeavesDamagedTextsOut) {
  auto file = withChunks({{"tEXt", "no separator"},
                          {"zTXt", "b\0\0garbage"s},
                          {"iTXt", "c\0\1\0\0\0garbage"s},
                          {"tEXt", "good\0yes"s},
                          {"tEXt", "bad\0crc"s}});
  file[file.size() - 13] ^= std::byte{1};
  EXPECT_THAT(readPngText(file), ElementsAre(Pair("good", "yes")));
}

TEST(PngText, RefusesWhatIsNoPngAndBombs) {
  const auto reason = [](std::span<const std::byte> bytes) -> std::string {
    try {
      readPngText(bytes);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  const auto file = withChunks({{"tEXt", "a\0b"s}});
  EXPECT_THAT(reason({}), HasSubstr("not a PNG"));
  EXPECT_THAT(reason(std::span(file).first(20)), HasSubstr("cut off"));
  EXPECT_EQ(reason(file), "");
  const std::string bomb = "b\0\0"s + deflated(std::string(80'000'000, 'x'));
  EXPECT_THAT(reason(withChunks({{"zTXt", bomb}})), HasSubstr("64 MiB"));
}

TEST(PngText, ReadsPicturesOfOtherPrograms) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  int pictures = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(sharedPath("testdata/infotext"))) {
    if (entry.path().extension() != ".png") continue;
    EXPECT_NO_THROW(readPngText(entry.path())) << entry.path();
    ++pictures;
  }
  EXPECT_GT(pictures, 20);
  const auto a1111 = readPngText(sharedPath("testdata/infotext/a1111_1.10.1_best-1.png"));
  ASSERT_EQ(a1111.size(), 1u);
  EXPECT_EQ(a1111[0].first, "parameters");
  EXPECT_THAT(a1111[0].second, HasSubstr("<lora:"));
  const auto embedding = readPngText(sharedPath("testdata/textual_inversion/a1111_png_embedding.png"));
  ASSERT_FALSE(embedding.empty());
  EXPECT_EQ(embedding[0].first, "sd-ti-embedding");
}

}  // namespace
}  // namespace lorikeet
