#include "text/prompt_chunks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include "engine/text/text_test_data.h"

namespace lorikeet {
namespace {

using testing::fullTokenizer;
using testing::kGolden;
using testing::readGoldenJson;

std::vector<WeightedText> readPieces(const nlohmann::json& parsed) {
  std::vector<WeightedText> pieces;
  for (const auto& piece : parsed) {
    const bool isBreak = piece[0] == "BREAK" && piece[1] == -1;
    pieces.push_back({piece[0].get<std::string>(), piece[1].get<double>(), isBreak});
  }
  return pieces;
}

void expectChunks(const PromptChunks& got, const nlohmann::json& expected) {
  ASSERT_EQ(got.chunks.size(), expected.size());
  int tokens = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(got.chunks[i].ids, expected[i]["tokens"].get<std::vector<int>>());
    EXPECT_EQ(got.chunks[i].weights, expected[i]["multipliers"].get<std::vector<float>>());
    tokens += got.chunks[i].tokenCount;
  }
  EXPECT_EQ(got.tokenCount, tokens);
}

TEST(PromptChunksTest, CutsAsTheReference) {
  const auto golden = readGoldenJson(kGolden / "prompts/emphasis.json");
  ASSERT_EQ(golden["cases"].size(), 7u);
  for (const auto& entry : golden["cases"]) {
    SCOPED_TRACE(entry["prompt"].get<std::string>().substr(0, 60));
    const auto pieces = readPieces(entry["parsed"]);
    expectChunks(chunkPrompt(fullTokenizer(), pieces, 20), entry["chunks_comma_backtrack_20"]);
    expectChunks(chunkPrompt(fullTokenizer(), pieces, 0), entry["chunks_comma_backtrack_0"]);
  }
}

TEST(PromptChunksTest, GivesDiffusersIdsForShortPlainPrompts) {
  const auto golden = readGoldenJson(kGolden / "components/text.json");
  int compared = 0;
  for (const auto& entry : golden["cases"]) {
    const PromptChunks chunks = chunkPlainPrompt(fullTokenizer(), entry["prompt"].get<std::string>());
    const auto expected = entry["ids"].get<std::vector<int>>();
    EXPECT_EQ(chunks.chunks.size() == 1, chunks.tokenCount <= 75);
    EXPECT_EQ(chunks.chunks[0].ids, expected) << entry["prompt"];
    ++compared;
  }
  EXPECT_GE(compared, 6);
}

TEST(PromptChunksTest, PadsAfterTheEndTokenWithThePadToken) {
  const PromptChunk chunk = chunkPlainPrompt(fullTokenizer().withPadToken("!"), "a cat").chunks.front();
  EXPECT_EQ(chunk.tokenCount, 2);
  EXPECT_EQ(std::vector<int>(chunk.ids.begin(), chunk.ids.begin() + 5), (std::vector<int>{49406, 320, 2368, 49407, 0}));
  EXPECT_EQ(chunk.ids.size(), 77u);
  EXPECT_EQ(chunk.ids.back(), 0);
}

TEST(PromptChunksTest, BeginsANewChunkAtEveryBreak) {
  const std::vector<WeightedText> prompt = {{"a", 1, false}, {"BREAK", -1, true}, {"BREAK", -1, true}, {"b", 2, false}};
  const PromptChunks chunks = chunkPrompt(fullTokenizer(), prompt);
  ASSERT_EQ(chunks.chunks.size(), 3u);
  EXPECT_EQ(chunks.chunks[1].ids, emptyChunk(fullTokenizer()).ids);
  EXPECT_EQ(chunks.tokenCount, 2);
  EXPECT_FLOAT_EQ(chunks.chunks[2].weights[1], 2);
}

TEST(PromptChunksTest, KeepsTheVectorsOfAnEmbeddingTogether) {
  const std::vector<EmbeddingTrigger> triggers = {{{"<wide>"}, 8}, {{"<huge>"}, 76}};
  const ClipTokenizer tokenizer = fullTokenizer().withTriggers(triggers);
  std::string prompt;
  for (int i = 0; i < 70; ++i) prompt += "word ";
  const PromptChunks chunks = chunkPlainPrompt(tokenizer, prompt + "<wide>");
  ASSERT_EQ(chunks.chunks.size(), 2u);
  EXPECT_EQ(chunks.chunks[0].tokenCount, 70);
  EXPECT_EQ(chunks.chunks[1].tokenCount, 8);
  EXPECT_EQ(chunks.chunks[1].ids[1], 49408);
  EXPECT_EQ(chunks.chunks[1].ids[8], 49415);
  try {
    chunkPlainPrompt(tokenizer, "<huge>");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(::testing::HasSubstr("<huge>"), ::testing::HasSubstr("76")));
  }
}

}  // namespace
}  // namespace lorikeet
