#include "text/prompt_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include "engine/text/text_test_data.h"

namespace lorikeet {
namespace {

using ::testing::ElementsAre;

std::vector<ScheduledText> schedule(const std::string& prompt, int steps = 10, int earlierSteps = 0) {
  return PromptSchedule(prompt).resolve({steps, earlierSteps});
}

/// Python's repr of [[3, 'a '], ...], as the golden file has it.
std::string pythonList(const std::vector<ScheduledText>& entries) {
  std::string text = "[";
  for (const ScheduledText& entry : entries)
    text += (text.size() > 1 ? ", [" : "[") + std::to_string(entry.lastStep) + ", '" + entry.text + "']";
  return text + "]";
}

TEST(PromptScheduleTest, ReadsA1111sCases) {
  const auto file = testing::kThirdParty / "golden/a1111_prompt_parser_cases.json";
  SKIP_WITHOUT_THIRD_PARTY_DATA(file);
  const auto cases = testing::readGoldenJson(file);
  StepPlan plan;
  int compared = 0;
  for (const auto& entry : cases) {
    const auto call = entry["call"].get<std::string>();
    if (entry["fn"] != "get_learned_conditioning_prompt_schedules") continue;
    if (call.starts_with("g = ")) {  // defines the steps of the calls that follow
      plan = call.find("10, 10)") == std::string::npos ? StepPlan{10, 0} : StepPlan{10, 10};
      continue;
    }
    const size_t begin = call.find('"') + 1;
    const std::string prompt = call.substr(begin, call.find("\")") - begin);
    EXPECT_EQ(pythonList(PromptSchedule(prompt).resolve(plan)), entry["want"].get<std::string>()) << prompt;
    ++compared;
  }
  EXPECT_EQ(compared, 16);
}

// Expected values from stable-diffusion-webui's grammar, run with lark 1.3.1.
TEST(PromptScheduleTest, ReadsStepsAndShares) {
  EXPECT_THAT(schedule("[a:b:3 ]", 5), ElementsAre(ScheduledText{3, "a"}, ScheduledText{5, "b"}));
  EXPECT_THAT(schedule("[a::2] c]", 5), ElementsAre(ScheduledText{2, "a c]"}, ScheduledText{5, " c]"}));
  EXPECT_THAT(schedule("[a:+.5]", 5), ElementsAre(ScheduledText{2, ""}, ScheduledText{5, "a"}));
  EXPECT_THAT(schedule("[a:1e1]", 5), ElementsAre(ScheduledText{5, ""}));
  EXPECT_THAT(schedule("[a:-2]", 5), ElementsAre(ScheduledText{5, "a"}));
  EXPECT_THAT(schedule("[a:3.]", 5), ElementsAre(ScheduledText{5, ""}));
  EXPECT_THAT(schedule("[a:3:3]", 5), ElementsAre(ScheduledText{3, "a"}, ScheduledText{5, "3"}));
  EXPECT_THAT(schedule("[:3]", 5), ElementsAre(ScheduledText{3, ""}, ScheduledText{5, ""}));
  EXPECT_THAT(schedule("[a:1e999]", 5), ElementsAre(ScheduledText{5, ""}));
  EXPECT_THAT(schedule("[a:12] [b:.5]", 8, 10), ElementsAre(ScheduledText{2, " b"}, ScheduledText{8, "a b"}));
}

TEST(PromptScheduleTest, NestsSchedulesAndTurns) {
  EXPECT_THAT(schedule("[[a|b]:c:3]", 5),
              ElementsAre(ScheduledText{1, "a"}, ScheduledText{2, "b"}, ScheduledText{3, "a"}, ScheduledText{4, "c"},
                          ScheduledText{5, "c"}));
  EXPECT_THAT(schedule("[a|[b:c:2]]", 4),
              ElementsAre(ScheduledText{1, "a"}, ScheduledText{2, "b"}, ScheduledText{3, "a"}, ScheduledText{4, "c"}));
  EXPECT_THAT(schedule("[a\\|b|c]", 2), ElementsAre(ScheduledText{1, "a\\|b"}, ScheduledText{2, "c"}));
}

TEST(PromptScheduleTest, KeepsWhatIsNotWellFormed) {
  for (const char* text : {"[a (b:c:d) :5]", "[a:b:c:3]", "[(a]:3)", "((x:1.2:4)", "(a|b)", "a | b", "[a:b]", "[a|b:c]",
                           "\\[a:3\\]", "[a:3", "\\"}) {
    EXPECT_TRUE(PromptSchedule(text).isConstant()) << text;
    EXPECT_THAT(schedule(text, 5), ElementsAre(ScheduledText{5, text}));
  }
  EXPECT_THAT(schedule("[[a:3]:b]", 5), ElementsAre(ScheduledText{3, "[:b]"}, ScheduledText{5, "[a:b]"}));
  EXPECT_THAT(schedule("[x[y:3]", 5), ElementsAre(ScheduledText{3, "[x"}, ScheduledText{5, "[xy"}));
  EXPECT_THAT(schedule("(a:b:c)[x:3]", 5), ElementsAre(ScheduledText{3, "(a:b:c)"}, ScheduledText{5, "(a:b:c)x"}));
}

TEST(PromptScheduleTest, TakesTheEntryOfAStep) {
  const auto entries = schedule("[a:b:3]", 5);
  EXPECT_EQ(textAt(entries, 0).text, "a");
  EXPECT_EQ(textAt(entries, 3).text, "a");
  EXPECT_EQ(textAt(entries, 4).text, "b");
  EXPECT_EQ(textAt(entries, 99).text, "b");
}

TEST(PromptScheduleTest, AnswersAMegabyteOfBrackets) {
  for (const char* unit : {"[", "]", "[a:", "[a|", "[a:3]", ":", "|", "(:", "[]", "\\", "[a|b", "[(", "[:.5]"}) {
    std::string text;
    while (text.size() < 1'000'000) text += unit;
    EXPECT_FALSE(schedule(text, 2).empty()) << unit;
  }
  std::string nest;
  for (int i = 0; i < 200'000; ++i) nest += "[";
  for (int i = 0; i < 200'000; ++i) nest += ":1]";
  EXPECT_EQ(schedule(nest, 2).back().text, "");
}

TEST(PromptScheduleTest, RefusesATextThatGrowsBeyondMeasure) {
  EXPECT_THROW(schedule("[a|b]" + std::string(2'000'000, 'x'), 1000), Error);
}

}  // namespace
}  // namespace lorikeet
