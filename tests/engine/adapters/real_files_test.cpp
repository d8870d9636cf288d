#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include <fstream>
#include <sstream>

#include "adapters/matched_adapter.h"
#include "io/unet_names.h"
#include "support/golden.h"

namespace lorikeet::testing {
namespace {

/// Names and shapes of a real checkpoint's part, "name [320,4,3,3]" a line.
TensorShapes inventory(const std::string& name) {
  TensorShapes shapes;
  std::ifstream file(sharedPath("testdata/key_inventories/" + name));
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ');
    if (space == std::string::npos) continue;
    std::string list = line.substr(space + 1);
    for (char& c : list)
      if (c == '[' || c == ']' || c == ',') c = ' ';
    std::istringstream numbers(list);
    std::vector<int64_t> dims;
    for (int64_t value = 0; numbers >> value;) dims.push_back(value);
    shapes.emplace(line.substr(0, space), Shape(dims));
  }
  return shapes;
}

TensorShapes canonicalText(const TensorShapes& bare) {
  TensorShapes shapes;
  for (const auto& [name, shape] : bare) shapes.emplace("text_model." + name, shape);
  return shapes;
}

TensorShapes canonicalUNet(const TensorShapes& original) {
  std::vector<std::string> names;
  for (const auto& [name, shape] : original) names.push_back(name);
  const NameTable table = unetNames(names);
  TensorShapes shapes;
  for (const auto& [name, shape] : original) shapes.emplace(table.toCanonical(name).value_or(name), shape);
  return shapes;
}

class RealFiles : public ::testing::Test {
 protected:
  void SetUp() override { LORIKEET_SKIP_WITHOUT_SHARED_DATA(); }
  static const KeyTable& sd1() {
    static const KeyTable table(canonicalText(inventory("CLIP-v1-SD.txt")), canonicalUNet(inventory("UNET-v1-SD.txt")));
    return table;
  }
  static AdapterInfo match(const std::string& name) {
    return matchAdapter(readAdapterFile(sharedPath("testdata/lora/" + name)), sd1()).info;
  }
};

TEST_F(RealFiles, EveryModuleOfTheLokrFilesIsMatched) {
  for (const char* name : {"kohya_lycoris_lokr_4.safetensors", "kohya_lycoris_lokr_16.safetensors"}) {
    const AdapterInfo info = match(name);
    EXPECT_EQ(info.matchedModules, 350) << name;
    EXPECT_EQ(info.matchedTensors, 1750) << name;
    EXPECT_TRUE(info.unmatchedKeys.empty());
    EXPECT_FALSE(info.tags.empty());
    EXPECT_EQ(info.formats.front(), "LoKr");
    EXPECT_EQ(info.family, "SD 1.x");
  }
}

TEST_F(RealFiles, DiffusersFilesOfAllAgesAreMatched) {
  for (const char* name : {"diffusers_2100-lora.safetensors", "diffusers_timohavdk_pytorch_lora_weights.safetensors",
                           "diffusers_attnprocs_old.safetensors", "diffusers_attnprocs_old.bin"}) {
    const AdapterInfo info = match(name);
    EXPECT_EQ(info.matchedModules, 128) << name;
    EXPECT_EQ(info.matchedTensors, 256) << name;
    EXPECT_TRUE(info.unmatchedKeys.empty()) << name;
  }
}

TEST_F(RealFiles, PeftFolderWithItsConfig) {
  const AdapterInfo info = match("peft_sd15_te");
  EXPECT_EQ(info.matchedModules, 24);
  EXPECT_EQ(info.textEncoderModules, 24);
  EXPECT_EQ(info.highestAlpha, 8.0);
}

TEST_F(RealFiles, NumberedFilesOfCloneofsimo) {
  for (const char* name : {"cloneofsimo_lora_disney.safetensors", "cloneofsimo_lora_disney_inpainting.safetensors"}) {
    const AdapterInfo info = match(name);
    EXPECT_EQ(info.unetModules, 144) << name;
    EXPECT_EQ(info.textEncoderModules, 48) << name;
    EXPECT_EQ(info.embeddings, (std::vector<std::string>{"<s1>", "<s2>"})) << name;
    EXPECT_TRUE(info.unmatchedKeys.empty()) << name;
  }
  EXPECT_EQ(match("cloneofsimo_analog_svd_distill.text_encoder.pt").textEncoderModules, 48);
}

TEST_F(RealFiles, OtherFamiliesAndUnknownNamesAreRefusedWithTheReason) {
  for (const char* name : {"diffusers_sd2_bf16.safetensors", "cloneofsimo_lora_pop_sd21_list.pt",
                           "badkeys_lora_unet_unet_new.safetensors"}) {
    try {
      match(name);
      ADD_FAILURE() << name << " was taken";
    } catch (const Error& error) {
      EXPECT_TRUE(error.kind() == ErrorKind::Mismatch || error.kind() == ErrorKind::Unsupported) << error.what();
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace lorikeet::testing
