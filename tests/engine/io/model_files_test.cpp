#include "io/model_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lorikeet/error.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "io/unet_names.h"
#include "io/vae_names.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
using testing::goldenPath;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

template <class Action>
std::string errorOf(Action action, ErrorKind kind) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return {};
}

TEST(OpenModel, ReadsADiffusersFolder) {
  const ModelFiles model = openModel(goldenPath("tiny-sd1"));
  EXPECT_TRUE(model.isFolder);
  EXPECT_EQ(model.unet.size(), 686u);
  EXPECT_EQ(model.vae.size(), 248u);
  EXPECT_EQ(model.textEncoder.size(), 52u);  // without position_ids
  EXPECT_EQ(model.tokenizerFolder, goldenPath("tiny-sd1") / "tokenizer");
  ASSERT_TRUE(model.unetConfig && model.vaeConfig && model.textEncoderConfig && model.schedulerConfig);
  EXPECT_EQ(model.unetConfig->at("cross_attention_dim"), 16);
  EXPECT_EQ(model.unet.root().get("conv_in.weight").shape, (Shape{32, 4, 3, 3}));
  EXPECT_EQ(model.unet.unusedNames().size(), 685u);
}

TEST(OpenModel, SaysWhatIsMissing) {
  const TemporaryFolder folder;
  EXPECT_THAT(errorOf([&] { openModel(folder / "none"); }, ErrorKind::NotFound), HasSubstr("does not exist"));
  EXPECT_THAT(errorOf([&] { openModel(folder.path()); }, ErrorKind::NotFound), HasSubstr("not a model"));
  folder.write("unet/config.json", "{}");
  EXPECT_THAT(errorOf([&] { openModel(folder.path()); }, ErrorKind::NotFound), HasSubstr("holds no weights"));
  folder.write("unet/config.json", "{\n \"a\": 1,\n \"b\" 2}");
  EXPECT_THAT(errorOf([&] { openModel(folder.path()); }, ErrorKind::Corrupt), HasSubstr("line 3, column 6"));
}

/// Bit for bit the same tensors under the same names.
void expectSame(const WeightStore& actual, const WeightStore& expected) {
  ASSERT_EQ(actual.names(), expected.names());
  for (const std::string& name : expected.names()) {
    const RawTensor a = actual.root().get(name);
    const RawTensor b = expected.root().get(name);
    EXPECT_EQ(a.dtype, b.dtype) << name;
    EXPECT_EQ(a.shape, b.shape) << name;
    EXPECT_TRUE(std::ranges::equal(a.bytes, b.bytes)) << name;
  }
}

void expectSameModel(const fs::path& checkpoint) {
  const ModelFiles single = openModel(checkpoint);
  const ModelFiles folder = openModel(goldenPath("tiny-sd1"));
  EXPECT_FALSE(single.isFolder);
  EXPECT_EQ(single.unetConfig, nullptr);
  EXPECT_TRUE(single.tokenizerFolder.empty());
  expectSame(single.unet, folder.unet);
  expectSame(single.vae, folder.vae);
  expectSame(single.textEncoder, folder.textEncoder);
}

TEST(OpenModel, ReadsTheOriginalLayoutBitForBit) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  expectSameModel(testing::sharedPath("golden/tiny-sd1.safetensors"));
}

/// The tensors under their original names, with VAE attention as 1x1 convolutions.
void addOriginal(std::map<std::string, RawTensor>& file, const WeightStore& store, const NameTable& table,
                 const std::string& prefix) {
  for (const std::string& name : store.names()) {
    RawTensor tensor = store.root().get(name);
    const bool isConvolution = name.find("mid_block.attentions.0.to_") != std::string::npos && tensor.shape.rank() == 2;
    if (isConvolution && prefix == "first_stage_model.")
      tensor = reshaped(tensor, {tensor.shape[0], tensor.shape[1], 1, 1});
    file.emplace(prefix + table.toOriginal(name).value_or(name), tensor);
  }
}

TEST(OpenModel, ReadsItsOwnTablesBackwards) {
  const TemporaryFolder folder;
  const ModelFiles model = openModel(goldenPath("tiny-sd1"));
  std::map<std::string, RawTensor> file = {{"model_ema.decay", rawFromFloats({}, std::vector<float>{1})}};
  addOriginal(file, model.unet, unetNames(model.unet.names()), "model.diffusion_model.");
  addOriginal(file, model.vae, vaeNames(model.vae.names()), "first_stage_model.");
  addOriginal(file, model.textEncoder, {}, "cond_stage_model.transformer.");
  ASSERT_TRUE(file.contains("model.diffusion_model.output_blocks.11.1.transformer_blocks.0.attn2.to_out.0.bias"));
  ASSERT_TRUE(file.contains("first_stage_model.decoder.up.3.block.0.norm1.weight"));
  writeSafetensors(folder / "m.safetensors", file);
  expectSameModel(folder / "m.safetensors");
}

TEST(OpenModel, ReadsATorchCheckpointBitForBit) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  expectSameModel(testing::sharedPath("golden/tiny-sd1.ckpt"));
}

TEST(OpenModel, SaysThatAFileIsNoCheckpoint) {
  const TemporaryFolder folder;
  writeSafetensors(folder / "lora.safetensors", {{"lora_unet_x.alpha", rawFromFloats({1}, std::vector<float>{1})}});
  EXPECT_THAT(errorOf([&] { openModel(folder / "lora.safetensors"); }, ErrorKind::Unsupported),
              HasSubstr("among its 1 tensors there is no UNet"));
  writeSafetensors(folder / "xl.safetensors",
                   {{"conditioner.embedders.0.x", rawFromFloats({1}, std::vector<float>{1})}});
  EXPECT_THAT(errorOf([&] { openModel(folder / "xl.safetensors"); }, ErrorKind::Unsupported), HasSubstr("SDXL"));
}

TEST(WeightStore, NamesTheNearestTensors) {
  std::map<std::string, RawTensor> tensors;
  for (const char* name : {"down.0.conv1.weight", "down.0.conv2.weight", "up.weight", "mid.norm.bias"})
    tensors[name] = rawFromFloats({1}, std::vector<float>{1});
  const WeightStore store("\"tiny\"", tensors);
  const WeightScope scope = store.root().scope("down.0");
  EXPECT_TRUE(scope.has("conv1.weight"));
  EXPECT_TRUE(scope.hasModule("conv1"));
  EXPECT_FALSE(scope.hasModule("conv"));
  EXPECT_TRUE(store.root().hasModule("down"));
  const std::string message = errorOf([&] { scope.get("conv3.weight"); }, ErrorKind::NotFound);
  EXPECT_THAT(message, HasSubstr("\"down.0.conv3.weight\" is missing from \"tiny\""));
  EXPECT_THAT(message, HasSubstr("\"down.0.conv1.weight\", \"down.0.conv2.weight\""));
  EXPECT_THAT(errorOf(
                  [&] {
                    scope.get("conv1.weight", {2, 3});
                  },
                  ErrorKind::Mismatch),
              HasSubstr("shape [1] where [2, 3]"));
  EXPECT_EQ(store.unusedNames().size(), 3u);
}

}  // namespace
}  // namespace lorikeet
