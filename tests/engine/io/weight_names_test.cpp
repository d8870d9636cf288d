#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lorikeet/error.h>
#include <fstream>
#include <set>

#include "io/checkpoint.h"
#include "io/model_files.h"
#include "io/open_clip_names.h"
#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "io/unet_names.h"
#include "io/vae_names.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using testing::goldenPath;
using testing::sharedPath;

/// The names of one of the key lists of real checkpoints, whose lines are "name [shape]".
std::vector<std::string> inventory(std::string_view file) {
  std::ifstream stream(sharedPath("testdata/key_inventories") / file);
  std::vector<std::string> names;
  for (std::string line; std::getline(stream, line);)
    if (!line.empty()) names.push_back(line.substr(0, line.find(' ')));
  return names;
}

/// Translates every name there and back; gives the canonical ones.
std::set<std::string> thereAndBack(const std::vector<std::string>& names, const NameTable& table) {
  std::set<std::string> result;
  for (const std::string& name : names) {
    const auto canonical = table.toCanonical(name);
    EXPECT_TRUE(canonical) << name;
    if (!canonical) continue;
    EXPECT_EQ(table.toOriginal(*canonical), name);
    EXPECT_TRUE(result.insert(*canonical).second) << *canonical;
  }
  return result;
}

std::set<std::string> asSet(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

std::vector<std::string> asVector(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

TEST(UnetNames, CoverRealCheckpoints) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto tiny = openModel(goldenPath("tiny-sd1")).unet.names();
  for (const char* file : {"UNET-v1-SD.txt", "UNET-v1-Inpainting.txt", "UNET-v1-Pix2Pix.txt", "UNET-v2-SD.txt"}) {
    const auto names = inventory(file);
    ASSERT_EQ(names.size(), 686u) << file;
    EXPECT_EQ(thereAndBack(names, unetNames(names)), asSet(tiny)) << file;
  }
  const auto xl = inventory("UNET-XL-SD.txt");
  const auto canonical = thereAndBack(xl, unetNames(xl));
  EXPECT_EQ(canonical.size(), 1680u);
  EXPECT_TRUE(canonical.contains("down_blocks.2.attentions.1.transformer_blocks.9.attn2.to_k.weight"));
  EXPECT_TRUE(canonical.contains("up_blocks.2.resnets.2.conv_shortcut.bias"));
  EXPECT_FALSE(canonical.contains("up_blocks.2.attentions.0.norm.weight"));
}

TEST(UnetNames, AreTheSameFromEitherSpelling) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  for (const char* file : {"UNET-v1-SD.txt", "UNET-XL-SD.txt"}) {
    const auto names = inventory(file);
    const NameTable fromOriginal = unetNames(names);
    const NameTable fromCanonical = unetNames(asVector(thereAndBack(names, fromOriginal)));
    EXPECT_EQ(fromOriginal.modules(), fromCanonical.modules()) << file;
  }
}

TEST(UnetNames, TranslateWholeModulesOnly) {
  const std::vector<std::string> names{"input_blocks.0.0.weight", "input_blocks.1.0.in_layers.0.weight",
                                       "input_blocks.1.1.norm.weight"};
  const NameTable table = unetNames(names);
  EXPECT_EQ(table.toCanonical("input_blocks.1.1.proj_in.weight"), "down_blocks.0.attentions.0.proj_in.weight");
  EXPECT_EQ(table.toCanonical("input_blocks.1.0.emb_layers.1"), "down_blocks.0.resnets.0.time_emb_proj");
  EXPECT_EQ(table.toCanonical("input_blocks.1.10.weight"), std::nullopt);
  EXPECT_EQ(table.toCanonical("input_blocks.2.0.in_layers.0.weight"), std::nullopt);
  EXPECT_EQ(table.toOriginal("down_blocks.0.resnets.0.conv2.bias"), "input_blocks.1.0.out_layers.3.bias");
  EXPECT_EQ(table.toOriginal(""), std::nullopt);
}

TEST(ControlNetNames, CoverARealOneAndTheTinyOne) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto names = inventory("ControlNet-v1-SD.txt");
  EXPECT_EQ(thereAndBack(names, controlNetNames(names)).size(), names.size());
  const auto original =
      withoutPrefix(readSafetensors(sharedPath("golden/tiny-controlnet.safetensors")).tensors, "control_model.");
  const auto canonical = canonicalControlNetFromOriginal(original);
  const auto expected =
      readSafetensors(sharedPath("golden/tiny-controlnet/diffusion_pytorch_model.safetensors")).tensors;
  ASSERT_EQ(canonical.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(canonical.contains(name)) << name;
    EXPECT_EQ(toFloats(canonical.at(name)), toFloats(tensor)) << name;
  }
}

TEST(VaeNames, CoverARealCheckpoint) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto names = inventory("VAE-v1-SD.txt");
  const auto canonical = thereAndBack(names, vaeNames(names));
  EXPECT_EQ(canonical, asSet(openModel(goldenPath("tiny-sd1")).vae.names()));
  EXPECT_EQ(vaeNames(asVector(canonical)).modules(), vaeNames(names).modules());
}

TEST(VaeNames, ReadTheOldAttentionNames) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto old =
      readSafetensors(sharedPath("golden/tiny-sd1-inpaint/vae/diffusion_pytorch_model.safetensors")).tensors;
  ASSERT_TRUE(old.contains("encoder.mid_block.attentions.0.proj_attn.weight"));
  const TensorMap canonical = canonicalVae(old);
  const WeightStore expected = openModel(goldenPath("tiny-sd1")).vae;
  ASSERT_EQ(canonical.size(), expected.size());
  for (const std::string& name : expected.names()) {
    ASSERT_TRUE(canonical.contains(name)) << name;
    EXPECT_EQ(toFloats(canonical.at(name)), toFloats(expected.root().get(name))) << name;
  }
}

TEST(OpenClipNames, GiveTheTextEncoderOfTheFolder) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  const auto file = readSafetensors(sharedPath("golden/sd2/open_clip_text_encoder.safetensors")).tensors;
  const TensorMap tensors = canonicalFromOpenClip(withoutPrefix(file, "cond_stage_model.model."), "file");
  const auto expected = readSafetensors(sharedPath("golden/tiny-sd2/text_encoder/model.safetensors")).tensors;
  for (const auto& [name, tensor] : tensors) {
    ASSERT_TRUE(expected.contains(name)) << name;
    EXPECT_EQ(tensor.shape, expected.at(name).shape);
    EXPECT_EQ(toFloats(tensor), toFloats(expected.at(name))) << name;
  }
  EXPECT_EQ(tensors.size(), 51u);  // 3 layers of 16, final norm, positions; the token embedding is left out of the file
}

TEST(OpenClipNames, CoverARealCheckpoint) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  TensorMap tensors;
  for (const std::string& name : inventory("CLIP-v2-SD.txt"))
    tensors[name] = rawFromFloats({3}, std::vector<float>{1, 2, 3});
  const TensorMap canonical = canonicalFromOpenClip(tensors, "file");
  EXPECT_EQ(canonical.size(), 23u * 16 + 4);
  for (const auto& [name, tensor] : canonical) EXPECT_TRUE(name.starts_with("text_model.")) << name;
  EXPECT_FALSE(canonical.contains("text_model.encoder.layers.23.mlp.fc1.weight"));
  EXPECT_EQ(toFloats(canonical.at("text_model.encoder.layers.22.self_attn.k_proj.bias")), std::vector<float>{2});
}

TEST(OpenClipNames, RefuseAFusedWeightOfAWrongShape) {
  TensorMap tensors;
  tensors["transformer.resblocks.0.attn.in_proj_weight"] = rawFromFloats({4}, std::vector<float>(4));
  tensors["transformer.resblocks.1.ln_1.weight"] = rawFromFloats({4}, std::vector<float>(4));
  EXPECT_THROW(canonicalFromOpenClip(tensors, "file"), Error);
}

}  // namespace
}  // namespace lorikeet
