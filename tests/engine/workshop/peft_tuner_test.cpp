// LoHa, LoKr, OFT and (IA)3 in PEFT's own layouts. What PEFT's tuners hold for a configuration is golden data
// (golden/make/peft_tuners.py, which also compares the merged weights with LyCORIS's).
#include <gtest/gtest.h>
#include <lorikeet/error.h>
#include <lorikeet/workshop.h>

#include <algorithm>

#include "engine/workshop/same_contents.h"
#include "io/json_file.h"
#include "io/safetensors.h"
#include "io/safetensors_writer.h"
#include "nlohmann/json.hpp"
#include "support/golden.h"

namespace lorikeet::testing {
namespace {

namespace fs = std::filesystem;

fs::path lycorisCase(const std::string& name) { return goldenPath("lora/" + name) / "adapter.safetensors"; }

WorkshopResult rewritten(const fs::path& from, const fs::path& to, AdapterForm form) {
  return convertAdapter({{from, {}}, to, form, goldenPath("tiny-sd1"), false});
}

double largestDifference(const fs::path& first, const fs::path& second) {
  const AdapterComparison comparison = compareAdapters({{first, {}}, {second, {}}, goldenPath("tiny-sd1")});
  EXPECT_TRUE(comparison.onlyInFirst.empty() && comparison.onlyInSecond.empty());
  EXPECT_GT(comparison.modules, 0);
  return comparison.largestDifference;
}

std::string whyNot(const fs::path& from, AdapterForm form) {
  TemporaryFolder folder;
  try {
    rewritten(from, folder / (form == AdapterForm::Peft ? "peft" : "out.safetensors"), form);
  } catch (const Error& error) {
    EXPECT_TRUE(fs::is_empty(folder.path())) << "nothing half done stays";
    return error.what();
  }
  ADD_FAILURE() << from << " was taken";
  return {};
}

/// Older releases of transformers have "text_model." in the names.
std::string withoutTextModel(std::string name) {
  const size_t at = name.find("text_model.");
  return at == std::string::npos ? name : name.erase(at, std::string("text_model.").size());
}

class LycorisInPeft : public ::testing::TestWithParam<std::string> {};

TEST_P(LycorisInPeft, IsWhatPeftsTunersHoldAndComesBackByteForByte) {
  TemporaryFolder folder;
  rewritten(lycorisCase(GetParam()), folder / "peft", AdapterForm::Peft);
  const auto golden = readJsonObject(goldenPath("peft_tuners/" + GetParam() + ".json"));
  for (const auto& [part, expected] : golden->items()) {
    SCOPED_TRACE(part);
    const fs::path files = folder / "peft" / part;
    EXPECT_EQ(*readJsonObject(files / "adapter_config.json"), expected.at("config"));
    const auto tensors = readSafetensors(files / "adapter_model.safetensors").tensors;
    ASSERT_EQ(tensors.size(), expected.at("tensors").size());
    for (const auto& [name, tensor] : tensors) {
      std::vector<int64_t> shape;
      for (int i = 0; i < tensor.shape.rank(); ++i) shape.push_back(tensor.shape[i]);
      ASSERT_TRUE(expected.at("tensors").contains(withoutTextModel(name))) << name;
      EXPECT_EQ(expected.at("tensors").at(withoutTextModel(name)).get<std::vector<int64_t>>(), shape) << name;
    }
  }
  EXPECT_LE(largestDifference(lycorisCase(GetParam()), folder / "peft"), 1e-6);
  rewritten(folder / "peft", folder / "back.safetensors", AdapterForm::Kohya);
  expectSameContents(folder / "back.safetensors", lycorisCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(All, LycorisInPeft,
                         ::testing::Values("loha", "loha_tucker", "lokr_both_factored", "lokr_tucker",
                                           "lokr_w1_full_w2_factored"),
                         [](const auto& test) { return test.param; });

class PeftMethods : public ::testing::TestWithParam<std::string> {};

TEST_P(PeftMethods, GoThroughPeftsFormUnchanged) {
  TemporaryFolder folder;
  const fs::path source = goldenPath("peft_methods/" + GetParam());
  rewritten(source, folder / "peft", AdapterForm::Peft);
  EXPECT_EQ(largestDifference(source, folder / "peft"), 0);
  const auto before = readSafetensors(source / "adapter_model.safetensors").tensors;
  const auto after = readSafetensors(folder / "peft/unet/adapter_model.safetensors").tensors;
  ASSERT_EQ(before.size(), after.size());
  for (const auto& [name, tensor] : before)
    EXPECT_TRUE(after.contains(name) && std::ranges::equal(after.at(name).bytes, tensor.bytes)) << name;
  const auto was = readJsonObject(source / "adapter_config.json");
  const auto is = readJsonObject(folder / "peft/unet/adapter_config.json");
  EXPECT_EQ(is->at("peft_type"), was->at("peft_type"));
  for (const char* field : {"r", "alpha", "oft_block_size", "block_share", "use_cayley_neumann", "coft"})
    EXPECT_TRUE(!is->contains(field) || is->at(field) == was->at(field)) << field;
  for (const char* list : {"target_modules", "feedforward_modules"})
    EXPECT_TRUE(!is->contains(list) || is->at(list).size() == was->at(list).size()) << list;
}

INSTANTIATE_TEST_SUITE_P(All, PeftMethods,
                         ::testing::Values("ia3", "oft_exact", "oft_neumann", "loha", "lokr", "lokr_whole"),
                         [](const auto& test) { return test.param; });

TEST(PeftTuner, LohaAndLokrBecomeLycoriss) {
  TemporaryFolder folder;
  for (const std::string name : {"loha", "lokr", "lokr_whole"}) {
    const fs::path there = folder / (name + ".safetensors");
    const WorkshopResult result = rewritten(goldenPath("peft_methods/" + name), there, AdapterForm::Kohya);
    EXPECT_LE(largestDifference(goldenPath("peft_methods/" + name), there), 1e-6) << name;
    EXPECT_EQ(result.notes.size(), name == "lokr_whole" ? 1u : 0u) << "a LoKr of whole factors has no scale there";
    rewritten(there, folder / (name + "-again"), AdapterForm::Peft);
    EXPECT_LE(largestDifference(there, folder / (name + "-again")), 1e-6) << name;
  }
}

TEST(PeftTuner, WhatItCannotHoldIsRefusedWithTheReason) {
  EXPECT_NE(whyNot(lycorisCase("oft"), AdapterForm::Peft).find("turns a layer's outputs"), std::string::npos);
  EXPECT_NE(whyNot(lycorisCase("boft"), AdapterForm::Peft).find("turns a layer's outputs"), std::string::npos);
  EXPECT_NE(whyNot(lycorisCase("ia3"), AdapterForm::Peft).find("scales biases"), std::string::npos);
  EXPECT_NE(whyNot(lycorisCase("lokr_both_full"), AdapterForm::Peft).find("no decompose_factor"), std::string::npos);
  EXPECT_NE(whyNot(lycorisCase("glora"), AdapterForm::Peft).find("no tuner"), std::string::npos);
  EXPECT_NE(whyNot(goldenPath("peft_methods/oft_exact"), AdapterForm::Kohya).find("no name for"), std::string::npos);
  EXPECT_NE(whyNot(goldenPath("peft_methods/loha"), AdapterForm::Diffusers).find("of the kind LoHa"),
            std::string::npos);
}

/// Tensors of both files; where both have a module, `wins` decides by its name.
fs::path mixed(const TemporaryFolder& folder, const std::string& first, const std::string& second,
               const std::string& secondsPart) {
  const auto isSecond = [&](const std::string& name) { return name.find(secondsPart) != std::string::npos; };
  std::map<std::string, RawTensor> tensors;
  for (const auto& [name, tensor] : readSafetensors(lycorisCase(first)).tensors)
    if (!isSecond(name)) tensors.emplace(name, tensor);
  for (const auto& [name, tensor] : readSafetensors(lycorisCase(second)).tensors)
    if (isSecond(name)) tensors.emplace(name, tensor);
  writeSafetensors(folder / "mixed.safetensors", tensors);
  return folder / "mixed.safetensors";
}

TEST(PeftTuner, FactorsThatPeftWouldKeepOtherwiseAreMultipliedOut) {
  TemporaryFolder folder;
  const fs::path loha = mixed(folder, "loha_tucker", "loha", "down_blocks_0_resnets_0_conv1");
  WorkshopResult result = rewritten(loha, folder / "loha", AdapterForm::Peft);
  ASSERT_FALSE(result.notes.empty());
  EXPECT_NE(result.notes[0].find("Tucker core"), std::string::npos) << result.notes[0];
  EXPECT_LE(largestDifference(loha, folder / "loha"), 1e-6);
  const fs::path lokr = mixed(folder, "lokr_w1_full_w2_factored", "lokr_tucker", "down_blocks_0_resnets_0_conv1");
  result = rewritten(lokr, folder / "lokr", AdapterForm::Peft);
  ASSERT_FALSE(result.notes.empty());
  EXPECT_NE(result.notes[0].find("multiplied out"), std::string::npos) << result.notes[0];
  EXPECT_LE(largestDifference(lokr, folder / "lokr"), 1e-6);
}

TEST(PeftTuner, OneAdapterIsOfOneKind) {
  TemporaryFolder folder;
  const std::string reason =
      whyNot(mixed(folder, "loha", "lokr_w1_full_w2_factored", "down_blocks_0_resnets_0"), AdapterForm::Peft);
  EXPECT_NE(reason.find("one kind of modules"), std::string::npos) << reason;
}

}  // namespace
}  // namespace lorikeet::testing
