#include "text/textual_inversion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include <fstream>
#include <limits>

#include "engine/text/text_test_data.h"
#include "io/png_text.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using ::testing::ElementsAre;
using testing::fullTokenizer;
using testing::goldenPath;
using ::testing::HasSubstr;
using testing::kThirdParty;
namespace fs = std::filesystem;

fs::path temporary(const std::string& name) { return fs::path(::testing::TempDir()) / name; }

fs::path writeTensors(const std::string& name, const std::map<std::string, RawTensor>& tensors) {
  const fs::path file = temporary(name);
  writeSafetensors(file, tensors);
  return file;
}

std::string failure(const fs::path& path, ErrorKind kind) {
  try {
    readTextualInversion(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(path.filename().string()));
    return error.what();
  }
  ADD_FAILURE() << "no error for " << path;
  return {};
}

TEST(TextualInversionTest, ReadsTheSameVectorsFromEveryForm) {
  const std::vector<float> expected =
      testing::GoldenFile(goldenPath("textual_inversion/expected.safetensors")).values("vectors");
  ASSERT_EQ(expected.size(), 32u);
  for (const char* file : {"glyph.pt", "glyph.bin", "glyph.safetensors", "glyph_emb_params.safetensors"}) {
    const TextualInversion embedding = readTextualInversion(goldenPath("textual_inversion") / file);
    EXPECT_EQ(embedding.vectorCount, 2) << file;
    EXPECT_EQ(embedding.width, 16) << file;
    EXPECT_EQ(embedding.vectors, expected) << file;
  }
}

TEST(TextualInversionTest, TriggersByTokenAndFileName) {
  const fs::path folder = goldenPath("textual_inversion");
  const TextualInversion pt = readTextualInversion(folder / "glyph.pt");
  EXPECT_EQ(pt.name, "glyph");
  EXPECT_EQ(pt.trainingStep, 99);
  EXPECT_THAT(pt.triggers, ElementsAre("glyph"));
  const TextualInversion bin = readTextualInversion(folder / "glyph.bin");
  EXPECT_EQ(bin.name, "<glyph>");
  EXPECT_THAT(bin.triggers, ElementsAre("<glyph>", "glyph"));
  EXPECT_THAT(readTextualInversion(folder / "glyph_emb_params.safetensors").triggers, ElementsAre("glyph_emb_params"));
}

TEST(TextualInversionTest, GivesTheReferenceIdsToItsPrompt) {
  const auto entry = testing::readGoldenJson(goldenPath("textual_inversion/case.json"));
  const std::vector<TextualInversion> embeddings = {
      readTextualInversion(goldenPath("textual_inversion/glyph.safetensors"))};
  const ClipTokenizer tokenizer = fullTokenizer().withTriggers(triggersOf(embeddings));
  const auto expected = entry["ids"].get<std::vector<int>>();
  std::vector<int> ids = tokenizer.encode(entry["prompt"].get<std::string>());
  ids.insert(ids.begin(), tokenizer.startToken());
  ids.resize(77, tokenizer.endToken());
  EXPECT_EQ(ids, expected);
}

TEST(TextualInversionTest, ReadsFilesOfOthers) {
  struct Case {
    const char* file;
    const char* trigger;
    int vectorCount;
  };
  SKIP_WITHOUT_THIRD_PARTY_DATA(kThirdParty / "textual_inversion");
  for (const Case& c : {Case{"EasyNegative.safetensors", "EasyNegative", 8}, Case{"a1111_png_embedding.png", "rick", 8},
                        Case{"bad-artist-anime.pt", "bad-artist-anime", 2}, Case{"bad-artist.pt", "bad-artist", 2},
                        Case{"bad-hands-5.pt", "bad-hands-5", 2}, Case{"bad-prompt.pt", "bad-prompt", 16},
                        Case{"diffusers_learned_embeds.safetensors", "<detail-schemas>", 1},
                        Case{"invoke_test_embedding.safetensors", "invoke_test_embedding", 5},
                        Case{"lora_kiriko2.ti.pt", "<krk>", 1}}) {
    const TextualInversion embedding = readTextualInversion(kThirdParty / "textual_inversion" / c.file);
    EXPECT_EQ(embedding.triggers.front(), c.trigger);
    EXPECT_EQ(embedding.vectorCount, c.vectorCount) << c.file;
    EXPECT_EQ(embedding.width, 768) << c.file;
    EXPECT_EQ(embedding.vectors.size(), static_cast<size_t>(c.vectorCount) * 768) << c.file;
  }
  const TextualInversion png = readTextualInversion(kThirdParty / "textual_inversion/a1111_png_embedding.png");
  EXPECT_EQ(png.trainingStep, 60);
  EXPECT_FLOAT_EQ(png.vectors[0], -0.06632441282272339f);
  EXPECT_FLOAT_EQ(png.vectors[3], 0.0374387763440609f);
}

TEST(TextualInversionTest, RefusesSdxl) {
  EXPECT_THAT(failure(goldenPath("textual_inversion/glyph_sdxl.safetensors"), ErrorKind::Unsupported),
              HasSubstr("SDXL"));
}

TEST(TextualInversionTest, RefusesAnotherWidthWithBothNumbers) {
  const TextualInversion embedding = readTextualInversion(goldenPath("textual_inversion/glyph.pt"));
  EXPECT_NO_THROW(checkWidth(embedding, 16));
  try {
    checkWidth(embedding, 768);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Mismatch);
    EXPECT_THAT(error.what(), ::testing::AllOf(HasSubstr("glyph"), HasSubstr("16"), HasSubstr("768 (SD 1.x)")));
  }
}

TEST(TextualInversionTest, RefusesWhatIsNoEmbedding) {
  const std::vector<float> values(24, 0.5f);
  failure(temporary("absent.pt"), ErrorKind::NotFound);
  failure(writeTensors("cube.safetensors", {{"a", rawFromFloats({2, 3, 4}, values)}}), ErrorKind::Unsupported);
  failure(writeTensors("two.safetensors", {{"a", rawFromFloats({24}, values)}, {"b", rawFromFloats({24}, values)}}),
          ErrorKind::Unsupported);
  failure(writeTensors("none.safetensors", {}), ErrorKind::Unsupported);
  failure(writeTensors("hollow.safetensors", {{"a", rawFromFloats({0, 24}, {})}}), ErrorKind::Unsupported);
  failure(writeTensors("integers.safetensors", {{"a", rawFromBytes(DType::I64, {2}, std::vector<std::byte>(16))}}),
          ErrorKind::Unsupported);
  std::vector<float> broken = values;
  broken[7] = std::numeric_limits<float>::quiet_NaN();
  failure(writeTensors("nan.safetensors", {{"a", rawFromFloats({1, 24}, broken)}}), ErrorKind::Corrupt);
}

fs::path writePng(const std::string& name, const ImageText& text) {
  Image image;
  image.width = image.height = 1;
  image.pixels.assign(3, 0);
  const fs::path file = temporary(name);
  const std::vector<std::byte> bytes = encodePng(image, text);
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return file;
}

TEST(TextualInversionTest, ReadsPngTextsAndRefusesDamagedOnes) {
  const std::string key = "sd-ti-embedding";
  // {"string_to_param": {"*": {"TORCHTENSOR": [[1, 2]]}}, "step": 3}
  const TextualInversion embedding = readTextualInversion(writePng(
      "tiny.png", {{key, "eyJzdHJpbmdfdG9fcGFyYW0iOiB7IioiOiB7IlRPUkNIVEVOU09SIjogW1sxLCAyXV19fSwgInN0ZXAiOiAzfQ=="}}));
  EXPECT_THAT(embedding.vectors, ElementsAre(1, 2));
  EXPECT_THAT(embedding.triggers, ElementsAre("tiny"));
  EXPECT_EQ(embedding.trainingStep, 3);
  failure(writePng("plain.png", {}), ErrorKind::Unsupported);
  failure(writePng("noise.png", {{key, "%%%"}}), ErrorKind::Corrupt);
  failure(writePng("nojson.png", {{key, "e30="}}), ErrorKind::Corrupt);
  // Rows of different length: {"string_to_param": {"*": {"TORCHTENSOR": [[1], [1, 2]]}}}
  failure(writePng("ragged.png",
                   {{key, "eyJzdHJpbmdfdG9fcGFyYW0iOiB7IioiOiB7IlRPUkNIVEVOU09SIjogW1sxXSwgWzEsIDJdXX19fQ=="}}),
          ErrorKind::Corrupt);
}

}  // namespace
}  // namespace lorikeet
