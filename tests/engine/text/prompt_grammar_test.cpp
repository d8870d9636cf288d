#include "text/prompt_grammar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lorikeet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

std::vector<std::pair<std::string, double>> partsOf(const ParsedPrompt& prompt) {
  std::vector<std::pair<std::string, double>> parts;
  for (const PromptPart& part : prompt.parts) parts.emplace_back(part.schedule.source(), part.weight);
  return parts;
}

std::vector<std::pair<std::string, double>> parts(std::string_view text) { return partsOf(parsePrompt(text)); }

// Expected values from stable-diffusion-webui's regular expressions.
TEST(PromptGrammarTest, SplitsAtAnd) {
  EXPECT_THAT(parts("a cat AND a dog :1.2 AND fish: -.5 "),
              ElementsAre(Pair("a cat", 1), Pair(" a dog", 1.2), Pair(" fish", -0.5)));
  EXPECT_THAT(parts("SAND AND_ B\xc3\xa9"
                    "AND x"),
              SizeIs(1));
  EXPECT_THAT(parts("AND"), ElementsAre(Pair("", 1), Pair("", 1)));
  EXPECT_THAT(parts(""), ElementsAre(Pair("", 1)));
  EXPECT_THAT(parts("a:1.2.3 AND b:+2. AND (c:1.5) AND d:x"),
              ElementsAre(Pair("a:1.2.3", 1), Pair(" b", 2), Pair(" (c:1.5)", 1), Pair(" d:x", 1)));
}

TEST(PromptGrammarTest, SaysWhenANumberAtTheEndBecomesAWeight) {
  const ParsedPrompt prompt = parsePrompt("a wide picture, 16:9");
  EXPECT_THAT(partsOf(prompt), ElementsAre(Pair("a wide picture, 16", 9)));
  ASSERT_THAT(prompt.issues, SizeIs(1));
  EXPECT_EQ(prompt.issues[0].position, 18u);
  EXPECT_EQ(prompt.issues[0].severity, PromptIssue::Severity::Note);
  const ParsedPrompt huge = parsePrompt("a AND b:" + std::string(400, '9'));
  EXPECT_THAT(partsOf(huge), ElementsAre(Pair("a", 1), Pair(" b", 1000)));
  ASSERT_THAT(huge.issues, SizeIs(1));
  EXPECT_EQ(huge.issues[0].position, 7u);
}

TEST(PromptGrammarTest, LeavesNegativePromptsInOnePart) {
  EXPECT_THAT(partsOf(parsePrompt("a AND b:2", PromptRole::Negative)), ElementsAre(Pair("a AND b:2", 1)));
}

TEST(PromptGrammarTest, TakesCommentsOut) {
  EXPECT_THAT(parts("a, # red\nb"), ElementsAre(Pair("a, \nb", 1)));
  EXPECT_THAT(parts("# all\na"), ElementsAre(Pair("\na", 1)));
  EXPECT_THAT(parts("a\n# all\nb # end"), ElementsAre(Pair("a\nb", 1)));
}

TEST(PromptGrammarTest, TakesExtraNetworksOut) {
  const ParsedPrompt prompt = parsePrompt("# x\nink <lora:ink v1:0.8:0.5> fox <hypernet:h=y=z:te=1> <a:> <b c:d>");
  EXPECT_THAT(partsOf(prompt), ElementsAre(Pair("\nink  fox  <a:> <b c:d>", 1)));
  ASSERT_THAT(prompt.networks, SizeIs(2));
  EXPECT_EQ(prompt.networks[0].kind, "lora");
  EXPECT_THAT(prompt.networks[0].positional, ElementsAre("ink v1", "0.8", "0.5"));
  EXPECT_EQ(prompt.networks[0].position, 8u);
  EXPECT_EQ(prompt.networks[0].length, 21u);
  EXPECT_THAT(prompt.networks[1].positional, ElementsAre("h=y=z"));
  EXPECT_THAT(prompt.networks[1].named, ElementsAre(Pair("te", "1")));
}

LoraTag tagOf(std::string_view text, PromptIssues* issues = nullptr) {
  return loraTag(parsePrompt(text).networks.at(0), issues);
}

TEST(PromptGrammarTest, ReadsLoraWeightsAsA1111) {
  EXPECT_EQ(tagOf("<lora:ink>").name, "ink");
  EXPECT_EQ(tagOf("<lora:ink>").unetWeight, 1);
  EXPECT_EQ(tagOf("<lora:ink:0.8>").unetWeight, 0.8);
  EXPECT_EQ(tagOf("<lora:ink:0.8>").textEncoderWeight, 0.8);
  EXPECT_EQ(tagOf("<lora:ink:0.8:0.5>").textEncoderWeight, 0.8);
  EXPECT_EQ(tagOf("<lora:ink:0.8:0.5>").unetWeight, 0.5);
  EXPECT_EQ(tagOf("<lora:ink:te=0.25:unet=0.75>").textEncoderWeight, 0.25);
  EXPECT_EQ(tagOf("<lora:ink:te=0.25:unet=0.75>").unetWeight, 0.75);
  PromptIssues issues;
  EXPECT_EQ(tagOf("fox <lora:ink:nan>", &issues).unetWeight, 1);
  ASSERT_FALSE(issues.empty());
  EXPECT_EQ(issues[0].position, 4u);
  EXPECT_THAT(issues[0].message, HasSubstr("nan"));
}

TEST(PromptGrammarTest, PointsAtTheBytesThatWereTyped) {
  const std::string text = "# (\n<lora:x:1>\xe6\x9d\xb1 (a:.)";
  const ParsedPrompt prompt = parsePrompt(text);
  ASSERT_THAT(prompt.issues, SizeIs(1));
  EXPECT_EQ(text.substr(prompt.issues[0].position, prompt.issues[0].length), ":.)");
}

TEST(PromptGrammarTest, AnswersAMegabyte) {
  for (const char* unit : {"(", "[", "[a:b:", "<a:", "<a:>", "#", "#\n", " AND ", "AND:1 ", "<", "a:1", "((a:1e9)"}) {
    std::string text;
    while (text.size() < 1'000'000) text += unit;
    EXPECT_FALSE(parsePrompt(text).parts.empty()) << unit;
  }
}

}  // namespace
}  // namespace lorikeet
