#include "lorikeet/sweep.h"

#include <gmock/gmock.h>
#include <lorikeet/engine.h>
#include <lorikeet/picture_settings.h>

#include "engine/adapters/adapter_test_support.h"
#include "support/pictures.h"

namespace lorikeet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> textsOf(SweepField field, std::string_view text) {
  std::vector<std::string> texts;
  for (const SweepValue& value : readSweepValues(field, text)) texts.push_back(value.text);
  return texts;
}

std::string refusalOf(SweepField field, std::string_view text) {
  try {
    readSweepValues(field, text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(SweepValuesTest, ReadsListsAndRanges) {
  EXPECT_THAT(textsOf(SweepField::Guidance, "1, 2.50 ,3"), ElementsAre("1", "2.5", "3"));
  EXPECT_THAT(textsOf(SweepField::Guidance, "0-1"), ElementsAre("0", "1"));
  EXPECT_THAT(textsOf(SweepField::Guidance, "0-1(+0.25)"), ElementsAre("0", "0.25", "0.5", "0.75", "1"));
  EXPECT_THAT(textsOf(SweepField::Guidance, "0 - 1 ( + 0.4 )"), ElementsAre("0", "0.4", "0.8"));
  EXPECT_THAT(textsOf(SweepField::Guidance, "1-0(-0.5), 7"), ElementsAre("1", "0.5", "0", "7"));
  EXPECT_THAT(textsOf(SweepField::Guidance, "0-1[4]"), ElementsAre("0", "0.333333", "0.666667", "1"));
  EXPECT_THAT(textsOf(SweepField::Guidance, "3-5[1]"), ElementsAre("3"));
  EXPECT_THAT(textsOf(SweepField::Steps, "1-10[5]"), ElementsAre("1", "3", "5", "7", "10"));
  EXPECT_THAT(textsOf(SweepField::Steps, "10-30(+10)"), ElementsAre("10", "20", "30"));
  EXPECT_THAT(textsOf(SweepField::Seed, "3-1"), ElementsAre("3", "2", "1"));
  EXPECT_THAT(textsOf(SweepField::Adapter, "-1-1"), ElementsAre("-1", "0", "1"));
  EXPECT_THAT(textsOf(SweepField::Adapter, "-2--1(+.5)"), ElementsAre("-2", "-1.5", "-1"));
  EXPECT_EQ(textsOf(SweepField::Adapter, "0-0.999(+0.001)").size(), 1000U);
}

TEST(SweepValuesTest, NumbersAreExact) {
  const auto values = readSweepValues(SweepField::Guidance, "0-1(+0.1)");
  ASSERT_EQ(values.size(), 11U);
  EXPECT_EQ(values[3].number, 0.3);
  EXPECT_EQ(values[7].number, 0.7);
  const auto seeds = readSweepValues(SweepField::Seed, "18446744073709551614-18446744073709551615");
  ASSERT_EQ(seeds.size(), 2U);
  EXPECT_EQ(seeds[1].whole, 18446744073709551615ULL);
}

TEST(SweepValuesTest, ReadsNamesAndTexts) {
  const auto samplers = readSweepValues(SweepField::Sampler, "euler_a, DPM++ 2M Karras");
  ASSERT_EQ(samplers.size(), 2U);
  EXPECT_EQ(samplers[0].sampler, (SamplerChoice{Sampler::EulerA, Schedule::Default}));
  EXPECT_EQ(samplers[1].sampler, (SamplerChoice{Sampler::DpmPp2M, Schedule::Karras}));
  EXPECT_THAT(textsOf(SweepField::Sampler, "euler_a,DPM++ 2M Karras"), ElementsAre("Euler a", "DPM++ 2M Karras"));
  EXPECT_EQ(readSweepValues(SweepField::Schedule, "karras")[0].sampler.schedule, Schedule::Karras);
  EXPECT_THAT(textsOf(SweepField::Prompt, "red, \"blue, \"\"dark\"\"\" ,grün , \"\""),
              ElementsAre("red", "blue, \"dark\"", "grün", ""));
}

TEST(SweepValuesTest, MistakesAreToldWithTheirPlace) {
  const std::vector<std::tuple<SweepField, std::string, std::string>> mistakes{
      {SweepField::Guidance, "", "at character 1: a value is missing"},
      {SweepField::Guidance, "1,,2", "at character 3: a value is missing"},
      {SweepField::Guidance, "1,2,", "at character 5: a value is missing"},
      {SweepField::Guidance, "0-1(+0)", "at character 5: the step must not be 0"},
      {SweepField::Guidance, "0-1(-0.5)", "at character 5: the step leads away"},
      {SweepField::Guidance, "0-1(+0.25", "at character 10: \")\" is missing"},
      {SweepField::Guidance, "0-1[0]", "the number of values must be a whole number above 0"},
      {SweepField::Guidance, "0-1[2.5]", "the number of values must be a whole number above 0"},
      {SweepField::Guidance, "0-", "at character 3: a number is missing"},
      {SweepField::Guidance, "1 2", "at character 3: a comma is expected, not \"2\""},
      {SweepField::Guidance, "1e9", "at character 2: a comma is expected, not \"e\""},
      {SweepField::Guidance, "0-1e9(+1e-9)", "at character 4: a comma is expected, not \"e\""},
      {SweepField::Guidance, "ü", "at character 1: a number is expected, not \"ü\""},
      {SweepField::Guidance, "5, ü-1", "at character 4: a number is expected, not \"ü\""},
      {SweepField::Guidance, "nan", "a number is expected"},
      {SweepField::Guidance, ".", "a number is missing"},
      {SweepField::Guidance, "0-1000000000(+0.000000001)", "at character 1: an axis takes at most 1000 values"},
      {SweepField::Guidance, "0-1000000000[1000000000]", "an axis takes at most 1000 values"},
      {SweepField::Guidance, "0.0000000001", "more than 9 decimals"},
      {SweepField::Guidance, "99999999999999999999999", "at character 1: the number is too large"},
      {SweepField::Steps, "1.5", "at character 1: a whole number is expected"},
      {SweepField::Steps, "1-2(+0.5)", "at character 5: a whole number is expected"},
      {SweepField::Seed, "-1", "at character 1: a number below 0 makes no sense here"},
      {SweepField::Seed, "18446744073709551616", "the number is too large"},
      {SweepField::Sampler, "euler, eulr", "at character 8: There is no sampler \"eulr\""},
      {SweepField::Sampler, "euler,", "at character 7: a value is missing"},
      {SweepField::Prompt, "\"a, b", "at character 1: the quotation mark is not closed"},
      {SweepField::Prompt, "\"a\" b", "at character 5: a comma is expected, not \"b\""},
  };
  for (const auto& [field, text, expected] : mistakes) EXPECT_THAT(refusalOf(field, text), HasSubstr(expected)) << text;
}

TEST(SweepValuesTest, HugeTextsAreRefusedAtOnce) {
  EXPECT_THAT(refusalOf(SweepField::Guidance, std::string(1 << 20, '1')), HasSubstr("longer than 64 KiB"));
  EXPECT_THAT(refusalOf(SweepField::Guidance, std::string(60000, '1')), HasSubstr("too large"));
  EXPECT_THAT(refusalOf(SweepField::Guidance, std::string(60000, '(')), HasSubstr("character 1"));
  std::string many = "1";
  for (int i = 0; i < 1000; ++i) many += ",1";
  EXPECT_THAT(refusalOf(SweepField::Guidance, many), HasSubstr("at most 1000"));
}

TEST(SweepAxisTest, ReadsWhatItWrites) {
  const SweepAxis ink{SweepField::Adapter, "ink=v2", AdapterPart::Text, "0-1(+0.25)"};
  EXPECT_EQ(toText(ink), "adapter:ink=v2:te=0-1(+0.25)");
  EXPECT_EQ(parseSweepAxis(toText(ink)), ink);
  EXPECT_EQ(titleOf(ink), "ink=v2 (text)");
  EXPECT_EQ(parseSweepAxis("CFG scale=3-9"), (SweepAxis{SweepField::Guidance, "", AdapterPart::Both, "3-9"}));
  EXPECT_EQ(parseSweepAxis("prompt=a=b,c").values, "a=b,c");
  for (const char* text : {"", "seed", "=1", "adapter=1", "adapter:=1", "adapter:ink", "seed:1=2", "colour=1"})
    EXPECT_THROW(parseSweepAxis(text), Error) << text;
}

GenerateRequest sweptRequest() {
  GenerateRequest request;
  request.model = goldenPath("tiny-sd1");
  request.prompt = "a watercolor painting of a red fox";
  request.steps = 4;
  request.width = request.height = 64;
  request.adapters = LoraCase("kohya_lora").uses;
  request.adapters.push_back(LoraCase("loha").uses.front());
  return request;
}

SweepAxis axis(const std::string& text) { return parseSweepAxis(text); }

std::string planRefusal(const GenerateRequest& base, const std::string& x, const std::string& y = "") {
  try {
    planSweep(base, axis(x), y.empty() ? std::nullopt : std::optional(axis(y)));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(SweepPlanTest, LaysRequestsOutOverTwoAxes) {
  const GenerateRequest base = sweptRequest();
  const SweepPlan plan = planSweep(base, axis("guidance=3,5"), axis("seed=7-9"));
  EXPECT_THAT(plan.columns, ElementsAre("Guidance 3", "Guidance 5"));
  EXPECT_THAT(plan.rows, ElementsAre("Seed 7", "Seed 8", "Seed 9"));
  ASSERT_EQ(plan.cells.size(), 6U);
  std::set<std::pair<int, int>> places;
  for (const SweepCell& cell : plan.cells) {
    places.emplace(cell.column, cell.row);
    EXPECT_EQ(cell.request.guidanceScale, cell.column == 0 ? 3 : 5);
    EXPECT_EQ(cell.request.seed, static_cast<uint64_t>(7 + cell.row));
  }
  EXPECT_EQ(places.size(), 6U);
  EXPECT_EQ(plan.labelOf(plan.cells.front()), "Guidance 3 · Seed 7");
  EXPECT_FALSE(planSweep(base, axis("steps=1-3")).hasRowLabels());
  EXPECT_THAT(planSweep(base, axis("sampler=Euler a Karras")).columns, ElementsAre("Euler a Karras"));
}

TEST(SweepPlanTest, SetsTheWeightsThatItNames) {
  GenerateRequest base = sweptRequest();
  base.adapters.push_back(base.adapters[0]);
  EXPECT_THAT(sweepAdapterNames(base), ElementsAre("adapter", "adapter (2)", "adapter (3)"));
  base.adapters[1].enabled = false;
  const auto use = [&](const std::string& text) {
    return planSweep(base, axis(text)).cells.front().request.adapters[1];
  };
  EXPECT_TRUE(use("adapter:adapter (2)=0.5").enabled);
  EXPECT_EQ(use("adapter:adapter (2)=0.5").weight, 0.5);
  EXPECT_EQ(use("adapter:adapter (2):te=0.5").textWeight, 0.5);
  EXPECT_EQ(use("adapter:adapter (2):te=0.5").weight, base.adapters[1].weight);
  EXPECT_EQ(use("adapter:adapter (2):unet=0.5").textWeight, base.adapters[1].weight);
}

TEST(SweepPlanTest, ReplacesTextInBothPrompts) {
  GenerateRequest base = sweptRequest();
  base.negativePrompt = "red sky, red";
  const SweepPlan plan = planSweep(base, axis("prompt=red,blue"));
  EXPECT_EQ(plan.cells[0].request, base);
  EXPECT_EQ(plan.cells[1].request.prompt, "a watercolor painting of a blue fox");
  EXPECT_EQ(plan.cells[1].request.negativePrompt, "blue sky, blue");
}

TEST(SweepPlanTest, CostlyChangesComeSeldom) {
  GenerateRequest base = sweptRequest();
  const auto isInner = [&](const std::string& x, const std::string& y) {
    const SweepPlan plan = planSweep(base, axis(x), axis(y));
    return plan.cells[0].column != plan.cells[1].column;  // whether x changes from picture to picture
  };
  EXPECT_TRUE(isInner("seed=1-3", "adapter:adapter=0-1"));
  EXPECT_FALSE(isInner("adapter:adapter=0-1", "seed=1-3"));
  EXPECT_FALSE(isInner("prompt=red,blue", "guidance=3,4"));
  EXPECT_FALSE(isInner("adapter:adapter=0-1", "prompt=red,blue"));
  base.adapters[0].begin = 0.5;
  EXPECT_TRUE(isInner("adapter:adapter=0-1", "seed=1-3"));
}

TEST(SweepPlanTest, RefusesWhatMakesNoSweep) {
  const GenerateRequest base = sweptRequest();
  EXPECT_THAT(planRefusal(base, "adapter:pen=0-1"),
              HasSubstr("There is no adapter \"pen\" in the request; it has: \""));
  EXPECT_THAT(planRefusal(base, "prompt=cat,dog"), HasSubstr("\"cat\""));
  EXPECT_THAT(planRefusal(base, "prompt=\"\",dog"), HasSubstr("must not be empty"));
  EXPECT_THAT(planRefusal(base, "strength=0-1"), HasSubstr("needs a picture"));
  EXPECT_THAT(planRefusal(base, "seed=1-2", "seed=3-4"), HasSubstr("the same setting"));
  EXPECT_THAT(planRefusal(base, "adapter:adapter=0-1", "adapter:adapter:te=0-1"), HasSubstr("the same setting"));
  EXPECT_THAT(planRefusal(base, "sampler=Euler Karras", "schedule=karras"), HasSubstr("the same setting"));
  EXPECT_EQ(planRefusal(base, "adapter:adapter:unet=0-1", "adapter:adapter:te=0-1"), "");
  EXPECT_EQ(planRefusal(base, "sampler=Euler,Heun", "schedule=karras"), "");
  EXPECT_THAT(planRefusal(base, "adapter:adapter=11"), HasSubstr("adapter 11: "));
  EXPECT_THAT(planRefusal(base, "steps=0-1"), HasSubstr("Steps 0: The number of steps"));
  EXPECT_THAT(planRefusal(base, "seed=1-1000", "guidance=1-3"), HasSubstr("1000 x 3 = 3000 pictures"));
  GenerateRequest many = base;
  many.imageCount = 2;
  EXPECT_THAT(planRefusal(many, "seed=1-2"), HasSubstr("one picture of each"));
  GenerateRequest longOne = base;
  longOne.prompt = std::string(10000, 'a');
  EXPECT_THAT(planRefusal(longOne, "prompt=a," + std::string(60000, 'b')), HasSubstr("longer than"));
}

Engine& sweepEngine() {
  static Engine shared({.threads = 2});
  return shared;
}

struct SweepSums {
  int encodedTexts = 0;
  int replayedSteps = 0;
};

/// Makes all pictures of a sweep with one memory and compares each with the one that it gives alone.
SweepSums expectTheBytesOfSingleRuns(const SweepPlan& plan) {
  RunMemory memory;
  SweepSums sums;
  for (const SweepCell& cell : plan.cells) {
    const GenerateResult shared = sweepEngine().generate(cell.request, {}, {}, &memory);
    const GenerateResult alone = sweepEngine().generate(cell.request);
    EXPECT_TRUE(shared.images.at(0).pixels == alone.images.at(0).pixels) << plan.labelOf(cell);
    sums.encodedTexts += shared.encodedTexts;
    sums.replayedSteps += shared.replayedSteps;
  }
  return sums;
}

TEST(SweepSharingTest, TextsAreEncodedOnceWhateverElseChanges) {
  const GenerateRequest base = sweptRequest();  // two texts: prompt and negative prompt
  EXPECT_EQ(expectTheBytesOfSingleRuns(planSweep(base, axis("guidance=3-5"), axis("seed=1-2"))).encodedTexts, 2);
  EXPECT_EQ(expectTheBytesOfSingleRuns(planSweep(base, axis("steps=2,3"), axis("sampler=Euler,Heun"))).encodedTexts, 2);
  EXPECT_EQ(expectTheBytesOfSingleRuns(planSweep(base, axis("adapter:adapter:unet=0,0.5,1"))).encodedTexts, 2);
  EXPECT_EQ(
      expectTheBytesOfSingleRuns(planSweep(base, axis("adapter:adapter:te=0,0.5,1"), axis("seed=1-2"))).encodedTexts,
      6);
  EXPECT_EQ(expectTheBytesOfSingleRuns(planSweep(base, axis("prompt=red,blue,green"), axis("seed=1-2"))).encodedTexts,
            4);
  EXPECT_EQ(
      expectTheBytesOfSingleRuns(planSweep(base, axis("clip_skip=1-2"), axis("schedule=karras,uniform"))).encodedTexts,
      4);
}

TEST(SweepSharingTest, AnAdapterThatSetsInLateSharesTheStepsBefore) {
  GenerateRequest base = sweptRequest();
  base.adapters[1].begin = 0.5;
  base.adapters[1].textWeight = 0;
  const SweepSums sums =
      expectTheBytesOfSingleRuns(planSweep(base, axis("adapter:adapter (2):unet=0.5,1,1.5"), axis("seed=1-2")));
  EXPECT_EQ(sums.replayedSteps, 2 * 2 * 2);
  EXPECT_EQ(sums.encodedTexts, 2);
}

TEST(SweepSharingTest, PromptsThatChangeWithTheStepsAreReadForEachNumberOfSteps) {
  GenerateRequest base = sweptRequest();
  base.prompt = "a [red:blue:0.5] fox, [cat|dog]";
  expectTheBytesOfSingleRuns(planSweep(base, axis("steps=2-4"), axis("guidance=1,5")));
}

TEST(SweepSharingTest, AStartingPictureIsEncodedOnce) {
  GenerateRequest base = sweptRequest();
  base.init = PictureSource(randomImage(64, 64, 5));
  base.sampler = Sampler::EulerA;
  expectTheBytesOfSingleRuns(planSweep(base, axis("strength=0.5,0.75,1"), axis("seed=1-2")));
  RunMemory memory;
  sweepEngine().generate(base, {}, {}, &memory);
  const int64_t before = memory.byteSize();
  base.strength = 0.5;  // fewer steps: smaller, unless the picture were remembered a second time
  sweepEngine().generate(base, {}, {}, &memory);
  EXPECT_LT(memory.byteSize(), before);
}

TEST(SweepGridTest, ShowsEveryPictureInItsCell) {
  const SweepPlan plan = planSweep(sweptRequest(), axis("guidance=3,5"), axis("seed=7-9"));
  SweepGrid grid(plan, 64, 48);
  const Image picture = randomImage(64, 48, 3);
  for (const SweepCell& cell : plan.cells) grid.place(cell.column, cell.row, picture);
  EXPECT_GT(grid.image().width, 2 * 64);
  EXPECT_GT(grid.image().height, 3 * 48 + 10);
  grid.place(1, 2, randomImage(128, 200, 1));  // larger than the cell: shrunk into it
}

TEST(SweepGridTest, ShrinksCellsOfLargeGrids) {
  const SweepCellSize small = sweepCellSize(4, 5, 512, 512);
  EXPECT_EQ(small.width, 512);
  const SweepCellSize large = sweepCellSize(50, 50, 512, 768);
  EXPECT_LE(int64_t{50 * 50} * large.width * large.height, 100'000'000);
  EXPECT_LE(sweepCellSize(1000, 1, 512, 512).width, 15);
  EXPECT_NEAR(large.width * 1.5, large.height, 2);
  EXPECT_THROW(sweepCellSize(1, 1, 0, 5), Error);
}

TEST(SweepGridTest, TellsItsSettings) {
  const GenerateRequest base = sweptRequest();
  const std::string text =
      sweepInfotext(base, axis("seed=1, 2"), axis("guidance=3-9"), PictureFacts{300, 200, "tiny", "", {}, {}});
  EXPECT_THAT(text, HasSubstr("Script: X/Y/Z plot, X Type: Seed, X Values: \"1, 2\", Y Type: Guidance, Y Values: 3-9"));
  const auto settings = parseInfotext(text);
  ASSERT_TRUE(settings);
  EXPECT_EQ(toRequest(*settings).request.prompt, base.prompt);
}

}  // namespace
}  // namespace lorikeet::testing
