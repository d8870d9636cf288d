#include "text/clip_tokenizer.h"

#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include <fstream>

#include "engine/text/text_test_data.h"

namespace lorikeet {
namespace {

using testing::fullTokenizer;
using testing::kGolden;
using testing::kSourceFolder;
using testing::kThirdParty;
using testing::readGoldenJson;
namespace fs = std::filesystem;

fs::path writeTokenizer(const std::string& name, const std::string& vocab, const std::string& merges,
                        const std::string& config = {}) {
  const fs::path folder = fs::path(::testing::TempDir()) / ("tokenizer_" + name);
  fs::create_directories(folder);
  std::ofstream(folder / "vocab.json") << vocab;
  std::ofstream(folder / "merges.txt") << merges;
  if (!config.empty()) std::ofstream(folder / "tokenizer_config.json") << config;
  return folder;
}

constexpr const char* kTinyVocab =
    R"({"a": 0, "b": 1, "a</w>": 2, "b</w>": 3, "ab": 4, "ab</w>": 5, "!</w>": 6, "!": 7,
        "<|startoftext|>": 8, "<|endoftext|>": 9})";
constexpr const char* kTinyMerges = "#version: 0.2\na b</w>\na b\n";

ErrorKind kindOfFailure(const fs::path& folder) {
  try {
    ClipTokenizer::fromFolder(folder);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("tokenizer_"), std::string::npos) << error.what();
    return error.kind();
  }
  ADD_FAILURE() << "no error for " << folder;
  return ErrorKind::Io;
}

TEST(ClipTokenizerTest, GivesTheIdsOfHuggingFace) {
  const auto golden = readGoldenJson(kGolden / "components/text.json");
  ASSERT_FALSE(golden["cases"].empty());
  for (const auto& entry : golden["cases"]) {
    const auto expected = entry["ids"].get<std::vector<int>>();
    std::vector<int> ids = fullTokenizer().encode(entry["prompt"].get<std::string>());
    ids.resize(std::min<size_t>(ids.size(), 75));
    ids.insert(ids.begin(), fullTokenizer().startToken());
    ids.resize(77, fullTokenizer().endToken());
    EXPECT_EQ(ids, expected) << entry["prompt"];
  }
}

TEST(ClipTokenizerTest, GivesTheIdsOfOpenAi) {
  const fs::path file = kThirdParty / "golden/clip_tokens_golden.json";
  SKIP_WITHOUT_THIRD_PARTY_DATA(file);
  int compared = 0;
  const auto golden = readGoldenJson(file);
  for (const auto& entry : golden["cases"]) {
    const auto text = entry["text"].get<std::string>();
    if (text.find("&amp;") != std::string::npos) continue;  // OpenAI's code undoes HTML escapes
    EXPECT_EQ(fullTokenizer().encode(text), entry["ids"].get<std::vector<int>>()) << text;
    ++compared;
  }
  EXPECT_EQ(compared, 31);
}

TEST(ClipTokenizerTest, KeepsHtmlEscapesAsTheyAreWritten) {
  EXPECT_EQ(fullTokenizer().decode(fullTokenizer().encode("rock &amp; roll")), "rock & amp ; roll");
}

TEST(ClipTokenizerTest, ComposesLowersAndSplits) {
  const auto& t = fullTokenizer();
  EXPECT_EQ(t.encode("Cafe\xcc\x81"), t.encode("caf\xc3\xa9"));
  EXPECT_EQ(t.encode("a\t\n\xe3\x80\x80 cat"), t.encode("a cat"));
  EXPECT_EQ(t.encode("1234").size(), 4u);
  EXPECT_EQ(t.decode(t.encode("it's WE'LL \xe6\x9d\xb1\xe4\xba\xac 42")), "it 's we 'll \xe6\x9d\xb1\xe4\xba\xac 4 2");
  EXPECT_EQ(t.encode("x<|endoftext|>y"), (std::vector<int>{343, 49407, 344}));
}

TEST(ClipTokenizerTest, ReadsModelFolders) {
  const ClipTokenizer t = ClipTokenizer::fromFolder(kSourceFolder / "resources/starter/tokenizer");
  EXPECT_EQ(t.vocabularySize(), 8514);
  EXPECT_EQ(t.startToken(), 8512);
  EXPECT_EQ(t.endToken(), 8513);
  EXPECT_EQ(t.padToken(), 8513);
  EXPECT_EQ(t.maxLength(), 77);
  EXPECT_EQ(t.decode(t.encode("a red apple on a blue background, flat style")),
            "a red apple on a blue background , flat style");
  const ClipTokenizer same = ClipTokenizer::fromFolder(kGolden / "tiny-sd1/tokenizer");
  for (const char* text : {"Caf\xc3\xa9 na\xc3\xafve \xe2\x80\x94 supercalifragilistic 3.14", "hello!!!", ""})
    EXPECT_EQ(same.encode(text), fullTokenizer().encode(text));
}

TEST(ClipTokenizerTest, ReadsTokenizerJsonWhereNothingElseIsThere) {
  const fs::path folder = fs::path(::testing::TempDir()) / "tokenizer_single_file";
  fs::create_directories(folder);
  const auto write = [&](const nlohmann::json& model) {
    std::ofstream(folder / "tokenizer.json") << nlohmann::json{
        {"model", model},
        {"added_tokens", {{{"content", "<|startoftext|>"}, {"id", 8}}, {{"content", "<|endoftext|>"}, {"id", 9}}}}};
  };
  auto vocab = nlohmann::json::parse(kTinyVocab);
  vocab.erase("<|startoftext|>");
  vocab.erase("<|endoftext|>");
  const ClipTokenizer both = ClipTokenizer::fromFolder(writeTokenizer("both", kTinyVocab, kTinyMerges));
  for (const auto& merges : {R"(["a b</w>", "a b"])", R"([["a", "b</w>"], ["a", "b"]])"}) {
    write({{"type", "BPE"}, {"vocab", vocab}, {"merges", nlohmann::json::parse(merges)}});
    const ClipTokenizer t = ClipTokenizer::fromFolder(folder);
    EXPECT_EQ(t.vocabularySize(), 10);
    EXPECT_EQ(t.startToken(), 8);
    EXPECT_EQ(t.encode("ab! abab"), both.encode("ab! abab"));
  }
  write({{"type", "BPE"}, {"vocab", vocab}, {"merges", {{"a", "c"}}}});
  EXPECT_EQ(kindOfFailure(folder), ErrorKind::Corrupt);
  write({{"type", "BPE"}, {"vocab", {"a", "b"}}, {"merges", nlohmann::json::array()}});
  EXPECT_EQ(kindOfFailure(folder), ErrorKind::Corrupt);
  write({{"type", "Unigram"}, {"vocab", vocab}});
  EXPECT_EQ(kindOfFailure(folder), ErrorKind::Unsupported);
}

TEST(ClipTokenizerTest, TakesThePadTokenOutOfTheTextAsHuggingFaceDoes) {
  const ClipTokenizer sd2 = fullTokenizer().withPadToken("!");
  EXPECT_EQ(sd2.padToken(), 0);
  EXPECT_EQ(sd2.encode("wow!!!"), (std::vector<int>{2781, 0, 0, 0}));
  EXPECT_EQ(fullTokenizer().encode("wow!!!"), (std::vector<int>{2781, 995}));
  const fs::path folder = writeTokenizer("pad", kTinyVocab, kTinyMerges, R"({"pad_token": "<|endoftext|>"})");
  std::ofstream(folder / "special_tokens_map.json") << R"({"pad_token": {"content": "!"}, "model_max_length": 1e30})";
  const ClipTokenizer tiny = ClipTokenizer::fromFolder(folder);
  EXPECT_EQ(tiny.padToken(), 7);
  EXPECT_EQ(tiny.maxLength(), 77);
  EXPECT_EQ(tiny.encode("ab! abab"), (std::vector<int>{5, 7, 4, 5}));
}

TEST(ClipTokenizerTest, GivesUnknownBytesTheUnknownToken) {
  const ClipTokenizer tiny = ClipTokenizer::fromFolder(writeTokenizer("unknown", kTinyVocab, kTinyMerges));
  EXPECT_EQ(tiny.encode("abcab"), (std::vector<int>{4, 9, 5}));
}

TEST(ClipTokenizerTest, PutsTheIdsOfEmbeddingsInPlaceOfTheirTriggers) {
  const auto& plain = fullTokenizer();
  const std::vector<EmbeddingTrigger> triggers = {
      {{"<glyph>", "glyph"}, 2}, {{"bad-hands-5"}, 1}, {{"bad-hands-5b"}, 3}};
  const ClipTokenizer t = plain.withTriggers(triggers);
  EXPECT_EQ(t.encode("a photo of <glyph>, GLYPH"), (std::vector<int>{320, 1125, 539, 49408, 49409, 267, 49408, 49409}));
  EXPECT_EQ(t.encode("glyphs"), plain.encode("glyphs"));
  EXPECT_EQ(t.encode("Bad-Hands-5 bad-hands-5b"), (std::vector<int>{49410, 49411, 49412, 49413}));
  EXPECT_EQ(t.groupLength(49408), 2);
  EXPECT_EQ(t.groupLength(49409), 1);
  EXPECT_EQ(t.groupLength(49411), 3);
  EXPECT_EQ(t.groupLength(320), 1);
  EXPECT_EQ(t.vocabularySize(), 49408);
  EXPECT_EQ(t.decode(t.encode("a <glyph> cat")), "a <glyph> cat");
  EXPECT_THROW(plain.withTriggers(std::vector<EmbeddingTrigger>{{{"x"}, 0}}), Error);
}

TEST(ClipTokenizerTest, GivesTheIdsOfTheTextualInversionCase) {
  const auto entry = readGoldenJson(kGolden / "textual_inversion/case.json");
  const ClipTokenizer t = fullTokenizer().withTriggers(std::vector<EmbeddingTrigger>{{{"<glyph>", "glyph"}, 2}});
  const auto expected = entry["ids"].get<std::vector<int>>();
  const std::vector<int> ids = t.encode(entry["prompt"].get<std::string>());
  EXPECT_TRUE(std::equal(ids.begin(), ids.end(), expected.begin() + 1));
  EXPECT_EQ(expected[ids.size() + 1], t.endToken());
}

TEST(ClipTokenizerTest, MergesLongWordsInTheOrderOfShortOnes) {
  // 60 letters go through the queue; the expected ids are OpenAI's.
  std::vector<int> expected(14, 32035);
  expected.push_back(22819);
  EXPECT_EQ(fullTokenizer().encode(std::string(60, 'x')), expected);
}

TEST(ClipTokenizerTest, AnswersAnyBytes) {
  const auto& t = fullTokenizer();
  EXPECT_EQ(t.encode(std::string_view("\0", 1)).size(), 1u);
  EXPECT_EQ(t.encode("\xff"), t.encode("\xef\xbf\xbd"));
  EXPECT_EQ(t.encode("\xed\xa0\x80"), t.encode("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
  std::string bytes;
  uint32_t state = 1;
  for (int i = 0; i < 200'000; ++i) bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  EXPECT_FALSE(t.encode(bytes).empty());
}

TEST(ClipTokenizerTest, AnswersAMegabyte) {
  std::string letters, marks = "a", words;
  uint32_t state = 7;
  while (letters.size() < 1'000'000) letters += static_cast<char>('a' + ((state = state * 1664525 + 1013904223) >> 28));
  while (marks.size() < 1'000'000) marks += "\xcc\x81\xcc\x96";
  while (words.size() < 1'000'000) words += "a red Apple, ";
  for (const std::string& text : {letters, std::string(1'000'000, '!'), marks, words})
    EXPECT_FALSE(fullTokenizer().encode(text).empty()) << text.substr(0, 20);
}

TEST(ClipTokenizerTest, RefusesDamagedFiles) {
  EXPECT_EQ(kindOfFailure("/nowhere/tokenizer_x"), ErrorKind::NotFound);
  EXPECT_EQ(kindOfFailure(writeTokenizer("json", "{\"a\": 1", kTinyMerges)), ErrorKind::Corrupt);
  EXPECT_EQ(kindOfFailure(writeTokenizer("array", "[1]", kTinyMerges)), ErrorKind::Corrupt);
  EXPECT_EQ(kindOfFailure(writeTokenizer("nested", R"({"a": {"b": 1}})", kTinyMerges)), ErrorKind::Corrupt);
  EXPECT_EQ(kindOfFailure(writeTokenizer("negative", R"({"a": -1})", kTinyMerges)), ErrorKind::Corrupt);
  EXPECT_EQ(kindOfFailure(writeTokenizer("huge", R"({"a": 99999999999999999999})", kTinyMerges)), ErrorKind::Corrupt);
  EXPECT_EQ(kindOfFailure(writeTokenizer("empty", "{}", kTinyMerges)), ErrorKind::Corrupt);
  EXPECT_EQ(kindOfFailure(writeTokenizer("rule", kTinyVocab, "#version: 0.2\na\n")), ErrorKind::Corrupt);
  EXPECT_EQ(kindOfFailure(writeTokenizer("lacks", kTinyVocab, "#version: 0.2\na c\n")), ErrorKind::Corrupt);
  EXPECT_EQ(kindOfFailure(writeTokenizer("special", R"({"a": 0})", "")), ErrorKind::NotFound);
  EXPECT_EQ(kindOfFailure(writeTokenizer("config", kTinyVocab, kTinyMerges, "[]")), ErrorKind::Corrupt);
  const fs::path folder = writeTokenizer("gz", "x", "y");
  EXPECT_THROW(ClipTokenizer::fromMergesGz(folder / "vocab.json"), Error);
  EXPECT_THROW(ClipTokenizer::fromMergesGz(folder / "absent.gz"), Error);
}

}  // namespace
}  // namespace lorikeet
