#include <gtest/gtest.h>
#include <lorikeet/error.h>
#include <lorikeet/presets.h>

namespace lorikeet {
namespace {

GenerateRequest requestWithUnits() {
  GenerateRequest request;
  request.steps = 33;
  request.guidanceScale = 3;
  request.strength = 0.4;
  request.controls.resize(2);
  request.controls[1].type = ControlType::LineArt;
  request.controls[1].canny = {1, 2, 0, false};
  return request;
}

TEST(Presets, InpaintingSetsStepsAndGuidanceAlone) {
  GenerateRequest expected = requestWithUnits();
  expected.steps = 10;
  expected.guidanceScale = 7.5;
  GenerateRequest request = requestWithUnits();
  apply(presetFromName("inpaint"), request);
  EXPECT_EQ(request, expected);
}

TEST(Presets, ADraftLeavesWorkOutAndFullPutsItBack) {
  GenerateRequest request = requestWithUnits();
  apply(presetFromName("draft"), request);
  EXPECT_GT(request.shortcuts.innerEvery, 1);
  EXPECT_TRUE(request.shortcuts.remembers());
  apply(presetFromName("full"), request);
  EXPECT_EQ(request, requestWithUnits());
}

TEST(Presets, FastChangesTheArithmeticAlone) {
  GenerateRequest expected = requestWithUnits(), request = requestWithUnits();
  expected.shortcuts.arithmetic = Arithmetic::Int16;
  apply(presetFromName("fast"), request);
  EXPECT_EQ(request, expected);
}

TEST(Presets, ControlNetOnAPictureSetsItsUnitsToo) {
  GenerateRequest expected = requestWithUnits();
  expected.steps = 10;
  expected.strength = 1;
  for (ControlUnit& unit : expected.controls) unit.scale = 0.5;
  expected.controls[0].canny.lowThreshold = 150;
  expected.controls[0].canny.highThreshold = 200;
  GenerateRequest request = requestWithUnits();
  apply(presetFromName("controlnet-img2img"), request);
  EXPECT_EQ(request, expected);
}

TEST(Presets, LoraAndControlNetKeepsTheScale) {
  GenerateRequest expected = requestWithUnits();
  expected.steps = 20;
  expected.controls[0].canny.lowThreshold = 100;
  expected.controls[0].canny.highThreshold = 200;
  GenerateRequest request = requestWithUnits();
  request.controls[0].canny = {5, 6, 0, false};
  apply(presetFromName("LoRA and ControlNet"), request);
  EXPECT_EQ(request, expected);
}

TEST(Presets, AnUnknownNameListsTheChoices) {
  try {
    presetFromName("cats");
    FAIL() << "cats is no preset";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument);
    for (const Preset& preset : presets())
      EXPECT_NE(std::string(error.what()).find(preset.name), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lorikeet
