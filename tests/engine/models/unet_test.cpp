#include "models/unet.h"

#include <gtest/gtest.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/model_files.h"
#include "io/tensor_values.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using testing::closeTo;
using testing::GoldenFile;
using testing::goldenPath;

/// The matrix or vector with zeros appended up to that many rows and, for a matrix, columns.
RawTensor padded(const RawTensor& raw, int64_t rows, int64_t columns) {
  const bool isVector = raw.shape.rank() == 1;
  const int64_t oldColumns = isVector ? 1 : raw.shape[1], newColumns = isVector ? 1 : columns;
  const std::vector<float> values = toFloats(raw);
  std::vector<float> wide(static_cast<size_t>(rows * newColumns));
  for (int64_t row = 0; row < raw.shape[0]; ++row)
    std::copy_n(values.begin() + row * oldColumns, oldColumns, wide.begin() + row * newColumns);
  return rawFromFloats(isVector ? Shape{rows} : Shape{rows, columns}, wide);
}

/// The network's tensors with a wider time embedding, whose added channels have no effect.
std::map<std::string, RawTensor> withTimeWidth(const WeightStore& unet, int64_t width) {
  std::map<std::string, RawTensor> tensors;
  for (const std::string& name : unet.names()) {
    RawTensor tensor = unet.tensor(name);
    if (name.starts_with("time_embedding.linear_1"))
      tensor = padded(tensor, width, tensor.shape.rank() == 2 ? tensor.shape[1] : 1);
    else if (name.starts_with("time_embedding.linear_2"))
      tensor = padded(tensor, width, width);
    else if (name.ends_with("time_emb_proj.weight"))
      tensor = padded(tensor, tensor.shape[0], width);
    tensors.emplace(name, tensor);
  }
  return tensors;
}

class UNetTest : public ::testing::Test {
 protected:
  UNet load(const std::string& model) {
    const ModelFiles files = openModel(goldenPath(model));
    return UNet(context_, files.unet, UNetConfig::fromJson(*files.unetConfig, model));
  }
  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
};

TEST_F(UNetTest, AgreesWithDiffusersAtSeveralSizesAndTimesteps) {
  const UNet unet = load("tiny-sd1");
  const GoldenFile golden(goldenPath("components/unet.safetensors"));
  for (const std::string size : {"square", "wide", "edge"})
    for (const int timestep : {981, 1}) {
      const Tensor out = unet(context_, toChannelsLast(golden.tensor(size + ".sample")), static_cast<float>(timestep),
                              golden.tensor("context"));
      EXPECT_TRUE(closeTo(toChannelsFirst(out), golden.tensor(size + ".t" + std::to_string(timestep) + ".out"), 2e-5))
          << size << " " << timestep;
    }
}

/// On its own call's inner result the outer layers give that call's result, bit for bit.
TEST_F(UNetTest, TheOuterLayersContinueFromTheInnerOnes) {
  const UNet unet = load("tiny-sd1");
  const GoldenFile golden(goldenPath("components/unet.safetensors"));
  const Tensor sample = toChannelsLast(golden.tensor("square.sample")), text = golden.tensor("context");
  InnerResult inner;
  const Tensor whole = unet(context_, sample, 981, text, nullptr, &inner);
  const Tensor outer = unet.outerLayers(context_, sample, 981, text, inner);
  EXPECT_TRUE(closeTo(outer, whole, 0));
  Tensor halved = sample.clone();
  for (float& value : halved.values()) value /= 2;
  EXPECT_FALSE(closeTo(unet.outerLayers(context_, halved, 981, text, inner), whole, 1e-3));
}

TEST_F(UNetTest, TheArchitectureReadFromShapesIsThatOfTheConfig) {
  const ModelFiles files = openModel(goldenPath("tiny-sd1"));
  const UNetConfig fromJson = UNetConfig::fromJson(*files.unetConfig, "tiny-sd1");
  const UNetConfig fromWeights = UNetConfig::fromWeights(files.unet.root());
  ASSERT_EQ(fromJson.levels.size(), fromWeights.levels.size());
  for (size_t i = 0; i < fromJson.levels.size(); ++i) {
    EXPECT_EQ(fromJson.levels[i].channels, fromWeights.levels[i].channels);
    EXPECT_EQ(fromJson.levels[i].layers, fromWeights.levels[i].layers);
    EXPECT_EQ(fromJson.levels[i].hasAttention, fromWeights.levels[i].hasAttention);
    EXPECT_EQ(fromJson.levels[i].heads, fromWeights.levels[i].heads);
  }
  EXPECT_EQ(fromJson.contextWidth, fromWeights.contextWidth);
  EXPECT_EQ(fromJson.inChannels, fromWeights.inChannels);
}

TEST_F(UNetTest, TheTimeEmbeddingHasTheConfigsWidth) {
  const ModelFiles files = openModel(goldenPath("tiny-sd1"));
  nlohmann::json config = *files.unetConfig;
  config["time_embedding_dim"] = 160;
  const WeightStore store("wide", withTimeWidth(files.unet, 160));
  const UNet unet(context_, store, UNetConfig::fromJson(config, "wide"));
  const GoldenFile golden(goldenPath("components/unet.safetensors"));
  const Tensor out = unet(context_, toChannelsLast(golden.tensor("square.sample")), 981, golden.tensor("context"));
  EXPECT_TRUE(closeTo(toChannelsFirst(out), golden.tensor("square.t981.out"), 2e-5));
  EXPECT_EQ(UNetConfig::fromWeights(store.root()).timeChannels(), 160);
  config["time_embedding_dim"] = -1;
  EXPECT_THROW(UNetConfig::fromJson(config, "wide"), Error);
}

TEST_F(UNetTest, EveryTensorOfTheModelIsUsed) {
  const ModelFiles files = openModel(goldenPath("tiny-sd1"));
  const UNet unet(context_, files.unet, UNetConfig::fromJson(*files.unetConfig, "tiny-sd1"));
  EXPECT_EQ(files.unet.size(), 686u);
  EXPECT_TRUE(files.unet.unusedNames().empty());
}

TEST_F(UNetTest, AConfigThatContradictsTheTensorsNamesTheTensorAndBothShapes) {
  const ModelFiles files = openModel(goldenPath("tiny-sd1"));
  nlohmann::json config = *files.unetConfig;
  config["block_out_channels"] = {32, 64, 32, 64};
  try {
    UNet unet(context_, files.unet, UNetConfig::fromJson(config, "tiny-sd1"));
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Mismatch);
    EXPECT_NE(std::string(error.what()).find("32"), std::string::npos) << error.what();
  }
}

TEST_F(UNetTest, UnsupportedOptionsAreRefusedByName) {
  nlohmann::json config = *openModel(goldenPath("tiny-sd1")).unetConfig;
  config["addition_embed_type"] = "text_time";
  EXPECT_THROW(UNetConfig::fromJson(config, "x"), Error);
}

TEST_F(UNetTest, SetAndResetOfAParameterRestoreTheOutputBitForBit) {
  const UNet unet = load("tiny-sd1");
  const GoldenFile golden(goldenPath("components/unet.safetensors"));
  const Tensor sample = toChannelsLast(golden.tensor("square.sample")), text = golden.tensor("context");
  const Tensor before = unet(context_, sample, 500, text);
  Parameter* weight = unet.parameters().find("mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight");
  ASSERT_NE(weight, nullptr);
  weight->set(context_, Tensor::zeros(weight->pristine().shape));
  EXPECT_FALSE(closeTo(unet(context_, sample, 500, text), before, 0));
  weight->reset(context_);
  EXPECT_TRUE(closeTo(unet(context_, sample, 500, text), before, 0));
}

}  // namespace
}  // namespace lorikeet
