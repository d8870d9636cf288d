#include "text/prompt_attention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/text/text_test_data.h"

namespace lorikeet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kGolden;
using testing::readGoldenJson;
using ::testing::SizeIs;

std::vector<WeightedText> pieces(std::string_view text) { return parseAttention(text); }

TEST(PromptAttentionTest, ReadsTheReferencePrompts) {
  const auto golden = readGoldenJson(kGolden / "prompts/emphasis.json");
  for (const auto& entry : golden["cases"]) {
    const auto got = pieces(entry["prompt"].get<std::string>());
    ASSERT_EQ(got.size(), entry["parsed"].size()) << entry["prompt"];
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].text, entry["parsed"][i][0].get<std::string>());
      EXPECT_EQ(got[i].weight, entry["parsed"][i][1].get<double>());
      EXPECT_EQ(got[i].isBreak, got[i].text == "BREAK");
    }
  }
}

TEST(PromptAttentionTest, ReadsTheDocumentedCases) {
  EXPECT_THAT(pieces("normal text"), ElementsAre(WeightedText{"normal text", 1}));
  EXPECT_THAT(pieces("an (important) word"),
              ElementsAre(WeightedText{"an ", 1}, WeightedText{"important", 1.1}, WeightedText{" word", 1}));
  EXPECT_THAT(pieces("(unbalanced"), ElementsAre(WeightedText{"unbalanced", 1.1}));
  EXPECT_THAT(pieces("\\(literal\\]"), ElementsAre(WeightedText{"(literal]", 1}));
  EXPECT_THAT(pieces("(unnecessary)(parens)"), ElementsAre(WeightedText{"unnecessaryparens", 1.1}));
  EXPECT_THAT(
      pieces("a (((house:1.3)) [on] a (hill:0.5), sun, (((sky)))."),
      ElementsAre(WeightedText{"a ", 1}, WeightedText{"house", 1.5730000000000004}, WeightedText{" ", 1.1},
                  WeightedText{"on", 1}, WeightedText{" a ", 1.1}, WeightedText{"hill", 0.55},
                  WeightedText{", sun, ", 1.1}, WeightedText{"sky", 1.4641000000000006}, WeightedText{".", 1.1}));
  EXPECT_THAT(pieces(""), ElementsAre(WeightedText{"", 1}));
  EXPECT_THAT(pieces("a\\b\\\\c"), ElementsAre(WeightedText{"ab\\c", 1}));
}

TEST(PromptAttentionTest, ReadsWeightsWithSpaceAndSign) {
  EXPECT_THAT(pieces("(a: 1.5 )"), ElementsAre(WeightedText{"a", 1.5}));
  EXPECT_THAT(pieces("(a:-0.5)"), ElementsAre(WeightedText{"a", -0.5}));
  EXPECT_THAT(pieces("a:1.2)"), ElementsAre(WeightedText{"a:1.2)", 1}));
}

TEST(PromptAttentionTest, BreaksOutsideOfBracketsOnly) {
  EXPECT_THAT(pieces("a BREAK b"),
              ElementsAre(WeightedText{"a", 1}, WeightedText{"BREAK", -1, true}, WeightedText{"b", 1}));
  EXPECT_THAT(pieces("BREAKFAST xBREAK \xc3\xa9"
                     "BREAK"),
              SizeIs(1));
  PromptIssues issues;
  const auto inside = parseAttention("(a BREAK b)", &issues);
  EXPECT_THAT(inside, ElementsAre(WeightedText{"a", 1.1}, WeightedText{"BREAK", -1.1}, WeightedText{"b", 1.1}));
  ASSERT_THAT(issues, SizeIs(1));
  EXPECT_EQ(issues[0].position, 3u);
}

TEST(PromptAttentionTest, SaysWhatItDoesWithStrangeWeights) {
  struct Case {
    const char* text;
    std::vector<WeightedText> pieces;
    size_t position;
    const char* message;
  };
  const std::string manyDigits = "(a:" + std::string(400, '9') + ")";
  const Case cases[] = {
      {"x (a:.)", {{"x a", 1}}, 4, "no number"},
      {"(a:1.2.3)", {{"a", 1}}, 2, "no number"},
      {"(a:1e999)", {{"a:1e999", 1.1}}, 2, "plain decimal"},
      {"(a:nan)", {{"a:nan", 1.1}}, 2, "plain decimal"},
      {"(a:-INF)", {{"a:-INF", 1.1}}, 2, "plain decimal"},
      {manyDigits.c_str(), {{"a", 1000}}, 1, "out of range"},
      {"(a:-5000)", {{"a", -1000}}, 1, "out of range"},
      {"b (a", {{"b ", 1}, {"a", 1.1}}, 2, "not closed"},
      {"b [a", {{"b ", 1}, {"a", 1 / 1.1}}, 2, "not closed"},
  };
  for (const Case& c : cases) {
    PromptIssues issues;
    EXPECT_EQ(parseAttention(c.text, &issues), c.pieces) << c.text;
    ASSERT_THAT(issues, SizeIs(1)) << c.text;
    EXPECT_EQ(issues[0].position, c.position) << c.text;
    EXPECT_THAT(issues[0].message, HasSubstr(c.message));
  }
  PromptIssues issues;
  parseAttention("(a:1.2) fox: red (b: c)", &issues);
  EXPECT_THAT(issues, SizeIs(0));
}

TEST(PromptAttentionTest, ReadsDeepNestsLikeShortOnes) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += i % 2 == 0 ? "a(" : "b[";
  const auto got = pieces(text);
  ASSERT_EQ(got.size(), 5000u);
  // The k-th piece stands in ceil(k/2) round and floor(k/2) square brackets.
  EXPECT_NEAR(got[0].weight, 1, 1e-9);
  EXPECT_NEAR(got[1].weight, 1.1, 1e-9);
  EXPECT_NEAR(got[4000].weight, 1, 1e-6);
  EXPECT_NEAR(got[4001].weight, 1.1, 1e-6);
}

TEST(PromptAttentionTest, AnswersAMegabyteOfBrackets) {
  for (const char* unit :
       {"(", "[", ")", "([", "a(", "a[(:", "(a:nan)", "(a:.)", "\\", ":", " BREAK ", "(a BREAK ", ": "}) {
    std::string text;
    while (text.size() < 1'000'000) text += unit;
    PromptIssues issues;
    const std::vector<WeightedText> got = parseAttention(text, &issues);
    EXPECT_LE(issues.size(), kMaxPromptIssues);
    for (const WeightedText& piece : got) ASSERT_TRUE(std::isfinite(piece.weight));
  }
}

}  // namespace
}  // namespace lorikeet
