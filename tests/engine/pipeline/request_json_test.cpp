#include "lorikeet/request_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "support/full_request.h"

namespace lorikeet {
namespace {

using nlohmann::json;
using test::fullRequest;
using ::testing::HasSubstr;

/// Converts to whatever a member is, to count the members of an aggregate.
struct AnyMember {
  template <class T>
  operator T() const;
};
template <class T, class... Members>
constexpr size_t memberCount() {
  if constexpr (requires { T{Members{}..., AnyMember{}}; })
    return memberCount<T, Members..., AnyMember>();
  else
    return sizeof...(Members);
}

std::string problemWith(const std::string& text) {
  try {
    readRequestJson(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(RequestJsonTest, EverySettingComesBack) {
  for (const GenerateRequest& request : {GenerateRequest(), fullRequest()}) {
    const std::string line = toRequestJson(request);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_TRUE(readRequestJson(line) == request) << line;
    EXPECT_EQ(toRequestJson(readRequestJson(line)), line);
  }
}

/// A new member of a struct fails here until engine/pipeline/request_fields.h names it.
TEST(RequestJsonTest, EveryMemberHasAField) {
  const auto fields = requestJsonFields();
  const auto countIn = [&](const std::string& prefix) {
    return static_cast<size_t>(std::count_if(fields.begin(), fields.end(), [&](const RequestJsonField& field) {
      return field.name.starts_with(prefix) && field.name.find('.', prefix.size()) == std::string::npos;
    }));
  };
  EXPECT_EQ(countIn(""), memberCount<GenerateRequest>());
  EXPECT_EQ(countIn("adapters[]."), memberCount<AdapterUse>());
  EXPECT_EQ(countIn("adapters[].blocks."), 4u);
  EXPECT_EQ(countIn("mask_options."), memberCount<MaskOptions>());
  EXPECT_EQ(countIn("outpaint."), memberCount<OutpaintMargins>());
  EXPECT_EQ(countIn("controls[]."), memberCount<ControlUnit>());
  EXPECT_EQ(countIn("controls[].canny."), memberCount<CannyOptions>());
  EXPECT_EQ(countIn("controls[].lines."), memberCount<StraightLineOptions>());
  EXPECT_EQ(countIn("prompting."), memberCount<PromptOptions>());
  EXPECT_EQ(countIn("sampling."), memberCount<SamplingOptions>());
  EXPECT_EQ(countIn("sampling.churn."), memberCount<SigmaChurn>());
  EXPECT_EQ(countIn("variation."), memberCount<Variation>());
  EXPECT_EQ(countIn("hires."), memberCount<HiresOptions>());
  EXPECT_EQ(countIn("hires.upscaler."), memberCount<Upscaler>());
  EXPECT_EQ(countIn("seamless."), memberCount<Seamless>());
  EXPECT_EQ(countIn("shortcuts."), memberCount<Shortcuts>());
}

/// The sample above must not forget a member either.
TEST(RequestJsonTest, TheSampleDiffersEverywhere) {
  const json full = parseJson(toRequestJson(fullRequest())), plain = parseJson(toRequestJson(GenerateRequest()));
  EXPECT_EQ(full.size(), memberCount<GenerateRequest>());
  for (const auto& [key, value] : full.items()) EXPECT_NE(value, plain.value(key, json())) << key;
}

TEST(RequestJsonTest, LeavesOutWhatIsEmpty) {
  const json line = parseJson(toRequestJson(GenerateRequest()));
  for (const char* key : {"model", "prompt", "embeddings", "adapters", "init", "mask", "outpaint", "controls"})
    EXPECT_FALSE(line.contains(key)) << key;
  EXPECT_EQ(line["steps"], 20);
  EXPECT_EQ(line["sampler"], "dpmpp_2m");
}

TEST(RequestJsonTest, FieldsComeOnTopOfABase) {
  GenerateRequest base = fullRequest();
  const GenerateRequest request = readRequestJson(
      R"({"steps": 9, "prompt": null, "mask_options": {"grow": 5}, "adapters": [{"file": "a.pt"}], "outpaint": null})",
      base);
  base.steps = 9;
  base.prompt.clear();
  base.maskOptions.grow = 5;
  base.adapters = {AdapterUse{"a.pt", "", true, 1, {}, {}, 0, 1}};
  base.outpaint = {};
  EXPECT_TRUE(request == base) << toRequestJson(request);
}

TEST(RequestJsonTest, UnderstandsOtherSpellings) {
  const GenerateRequest request = readRequestJson(R"({"seed": "12345678901234567890", "sampler": "DPM++ 2M SDE"})");
  EXPECT_EQ(request.seed, 12345678901234567890U);
  EXPECT_EQ(request.sampler, Sampler::DpmPp2MSde);
}

TEST(RequestJsonTest, SaysWhatIsWrong) {
  EXPECT_EQ(problemWith(R"({"steps": "many"})"), R"("steps" should be a whole number, but is "many".)");
  EXPECT_THAT(problemWith(R"({"steps": 4294967296})"), HasSubstr("should be a whole number"));
  EXPECT_THAT(problemWith(R"({"seed": -1})"), HasSubstr("2^64-1, but is -1."));
  EXPECT_THAT(problemWith(R"({"step": 3})"), HasSubstr(R"(There is no field "step" (nearest)"));
  EXPECT_THAT(problemWith(R"({"sampler": "Wobble"})"), HasSubstr("There is no sampler \"Wobble\""));
  EXPECT_EQ(problemWith(R"({"adapters": [{"file": "a"}, {"weight": true}]})"),
            R"("adapters[1].weight" should be a number, but is true.)");
  EXPECT_THAT(problemWith(R"({"init": "a\u0000b"})"), HasSubstr("should be the name of a file"));
  EXPECT_THAT(problemWith(R"({"prompt": "\ud800"})"), HasSubstr("malformed as JSON at character"));
  EXPECT_THAT(problemWith("[1, 2]"), HasSubstr("no JSON object"));
  EXPECT_THAT(problemWith(""), HasSubstr("malformed"));
  EXPECT_THAT(problemWith(R"({"steps": )" + std::string(1 << 20, '[')), HasSubstr("nested more than"));
}

TEST(RequestJsonTest, KeepsTheRestWhereProblemsAreCollected) {
  std::vector<std::string> problems;
  const GenerateRequest request =
      readRequestJson(R"({"steps": 5, "width": [], "later": 1, "guidance": 3})", {}, &problems);
  EXPECT_EQ(request.steps, 5);
  EXPECT_EQ(request.guidanceScale, 3);
  EXPECT_EQ(problems.size(), 2u);
}

TEST(RequestJsonTest, RefusesWhatJsonCannotHold) {
  GenerateRequest request;
  request.init = Image::create(8, 8);
  EXPECT_THROW(toRequestJson(request), Error);
  request.init.file = "saved.png";  // the pixels are in a file as well
  EXPECT_EQ(readRequestJson(toRequestJson(request)).init.file, "saved.png");
  request = {};
  request.prompt = "\xff";
  EXPECT_THROW(toRequestJson(request), Error);
}

}  // namespace
}  // namespace lorikeet
