#include <gtest/gtest.h>

#include <algorithm>

#include "engine/adapters/adapter_test_support.h"

namespace lorikeet::testing {
namespace {

constexpr float kTolerance = 1e-5f;

TinyNetworks& networks() {
  static TinyNetworks tiny;
  return tiny;
}

using Snapshot = std::map<std::string, std::vector<float>>;

Snapshot snapshot() {
  Snapshot values;
  for (const ParameterTable* table : {&networks().textEncoder.parameters(), &networks().unet.parameters()})
    for (const auto& [name, parameter] : table->all()) values[name] = effectiveValues(*parameter);
  return values;
}

float largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  float largest = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

class GoldenWeights : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenWeights, AreThoseOfTheReferenceAndGoAwayWithoutATrace) {
  const LoraCase golden(GetParam());
  TinyNetworks& tiny = networks();
  const Snapshot before = snapshot();
  AdapterStack stack(tiny.textEncoder.parameters(), tiny.unet.parameters());
  for (const AdapterUse& use : golden.uses) stack.open(use);
  const AdapterInfo* info = stack.info(golden.uses[0]);
  ASSERT_NE(info, nullptr);
  EXPECT_TRUE(info->unmatchedKeys.empty()) << info->unmatchedKeys.front();
  EXPECT_EQ(info->matchedTensors, info->tensorCount);
  if (golden.uses.size() == 1) {
    EXPECT_EQ(info->matchedModules, golden.description.at("modules_changed").get<int>());
  }
  const AdapterChange change = stack.apply(tiny.context, golden.uses);
  EXPECT_TRUE(change.unet);

  int compared = 0;
  for (const std::string& name : golden.expected.names()) {
    Parameter* parameter = tiny.find(name);
    if (parameter == nullptr) continue;
    ++compared;
    EXPECT_LE(largestDifference(effectiveValues(*parameter), golden.expected.values(name)), kTolerance) << name;
  }
  EXPECT_GE(compared, 7);
  EXPECT_NE(snapshot(), before);

  stack.apply(tiny.context, {});
  EXPECT_EQ(snapshot(), before);
}

INSTANTIATE_TEST_SUITE_P(AllFormats, GoldenWeights, ::testing::ValuesIn(loraCases()),
                         [](const auto& test) { return test.param; });

std::vector<AdapterUse> mixedStack() {
  std::vector<AdapterUse> uses;
  for (const char* name : {"kohya_lora", "loha", "kohya_locon", "oft", "lycoris_dora_out"}) {
    AdapterUse use = LoraCase(name).uses.front();
    use.weight = 0.3 + 0.1 * static_cast<double>(uses.size());
    uses.push_back(use);
  }
  return uses;
}

TEST(AdapterStack, GivesTheSameBitsInAnyOrder) {
  TinyNetworks& tiny = networks();
  std::vector<AdapterUse> uses = mixedStack();
  uses.push_back(uses[0]);  // the same file twice with different weights
  uses.back().weight = -0.2;
  AdapterStack stack(tiny.textEncoder.parameters(), tiny.unet.parameters());
  for (const AdapterUse& use : uses) stack.open(use);
  stack.apply(tiny.context, uses);
  const Snapshot first = snapshot();
  stack.apply(tiny.context, {});
  std::reverse(uses.begin(), uses.end());
  stack.apply(tiny.context, uses);
  EXPECT_EQ(snapshot(), first);
  stack.apply(tiny.context, {});
}

TEST(AdapterStack, GivesTheSameBitsByAnyPathOfWeights) {
  TinyNetworks& tiny = networks();
  std::vector<AdapterUse> uses = mixedStack();
  AdapterStack stack(tiny.textEncoder.parameters(), tiny.unet.parameters());
  for (const AdapterUse& use : uses) stack.open(use);
  stack.apply(tiny.context, uses);
  const Snapshot direct = snapshot();
  for (const double weight : {0.9, -1.0, 0.0, 2.0}) {
    std::vector<AdapterUse> other = uses;
    for (AdapterUse& use : other) use.weight *= weight;
    stack.apply(tiny.context, other);
  }
  stack.apply(tiny.context, uses);
  EXPECT_EQ(snapshot(), direct);
  EXPECT_FALSE(stack.apply(tiny.context, uses).unet) << "nothing changed";
  stack.apply(tiny.context, {});
}

TEST(AdapterStack, TellsWhetherTheTextEncoderChanged) {
  TinyNetworks& tiny = networks();
  std::vector<AdapterUse> uses = LoraCase("kohya_lora").uses;
  AdapterStack stack(tiny.textEncoder.parameters(), tiny.unet.parameters());
  for (const AdapterUse& use : uses) stack.open(use);
  uses[0].textWeight = 0.5;
  EXPECT_TRUE(stack.apply(tiny.context, uses).textEncoder);
  uses[0].weight = 1.5;
  const AdapterChange change = stack.apply(tiny.context, uses);
  EXPECT_FALSE(change.textEncoder);
  EXPECT_TRUE(change.unet);
  stack.apply(tiny.context, {});
}

TEST(AdapterStack, HonoursBlockWeightsStepRangesAndSwitches) {
  TinyNetworks& tiny = networks();
  const Snapshot before = snapshot();
  std::vector<AdapterUse> uses = LoraCase("kohya_lora").uses;
  AdapterStack stack(tiny.textEncoder.parameters(), tiny.unet.parameters());
  for (const AdapterUse& use : uses) stack.open(use);
  uses[0].blocks.text = 0;
  uses[0].blocks.down = {0, 0, 0, 0};
  uses[0].blocks.mid = 0;
  uses[0].blocks.up = {0, 0, 0, 1};
  stack.apply(tiny.context, uses);
  const Snapshot now = snapshot();
  int changed = 0;
  for (const auto& [name, values] : now) {
    if (values == before.at(name)) continue;
    ++changed;
    EXPECT_TRUE(name.starts_with("up_blocks.3.")) << name;
  }
  EXPECT_GT(changed, 10);

  uses[0].begin = 0.25;
  uses[0].end = 0.5;
  EXPECT_TRUE(stack.apply(tiny.context, uses, 0.0).unet);
  EXPECT_EQ(snapshot(), before);
  EXPECT_TRUE(stack.apply(tiny.context, uses, 0.25).unet);
  EXPECT_EQ(snapshot(), now);
  EXPECT_TRUE(stack.apply(tiny.context, uses, 0.5).unet);
  EXPECT_EQ(snapshot(), before);
  uses[0].begin = 0;
  uses[0].end = 1;
  uses[0].enabled = false;
  stack.apply(tiny.context, uses);
  EXPECT_EQ(snapshot(), before);
}

}  // namespace
}  // namespace lorikeet::testing
