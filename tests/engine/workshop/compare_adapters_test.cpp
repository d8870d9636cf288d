#include <gtest/gtest.h>
#include <lorikeet/error.h>
#include <lorikeet/workshop.h>

#include "io/safetensors.h"
#include "io/tensor_values.h"
#include "support/golden.h"

namespace lorikeet::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kKohya = goldenPath("lora/kohya_lora/adapter.safetensors");

CompareAdaptersRequest comparison(const fs::path& first, const fs::path& second) {
  CompareAdaptersRequest request;
  request.first.file = first;
  request.second.file = second;
  request.model = goldenPath("tiny-sd1");
  return request;
}

TEST(CompareAdapters, NamesTheWorstModuleAndHowFarItIsOff) {
  TemporaryFolder folder;
  auto tensors = readSafetensors(kKohya).tensors;
  const std::string up = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q.lora_up.weight";
  std::vector<float> values = toFloats(tensors.at(up));
  for (float& value : values) value *= 2;
  tensors[up] = rawFromFloats(tensors.at(up).shape, values);
  tensors.erase("lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight");
  tensors.erase("lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight");
  tensors.erase("lora_te_text_model_encoder_layers_0_mlp_fc1.alpha");
  writeSafetensors(folder / "changed.safetensors", tensors);
  CompareAdaptersRequest request = comparison(kKohya, folder / "changed.safetensors");
  AdapterComparison result = compareAdapters(request);
  EXPECT_FALSE(result.equal);
  EXPECT_EQ(result.modules, 210);
  EXPECT_GT(result.largestDifference, 1e-4);
  EXPECT_TRUE(result.worstModule == "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q" ||
              result.worstModule == "text_encoder.text_model.encoder.layers.0.mlp.fc1")
      << result.worstModule;
  EXPECT_EQ(result.onlyInFirst, std::vector<std::string>{"text_encoder.text_model.encoder.layers.0.mlp.fc1"});
  EXPECT_TRUE(result.onlyInSecond.empty());
  request.tolerance = result.largestDifference;
  EXPECT_TRUE(compareAdapters(request).equal);
}

TEST(CompareAdapters, AFileIsEqualToItself) {
  const AdapterComparison result = compareAdapters(comparison(kKohya, kKohya));
  EXPECT_TRUE(result.equal);
  EXPECT_EQ(result.largestDifference, 0);
  EXPECT_TRUE(result.worstModule.empty());
}

TEST(CompareAdapters, WeightsAreNeededOnlyWhereTheEffectDependsOnThem) {
  TemporaryFolder folder;
  const std::string module = "lora_te_text_model_encoder_layers_0_self_attn_q_proj";
  const std::vector<float> factor(768, 0.01f), scale(768, 1.5f);
  std::map<std::string, RawTensor> tensors{{module + ".lora_down.weight", rawFromFloats({1, 768}, factor)},
                                           {module + ".lora_up.weight", rawFromFloats({768, 1}, factor)}};
  writeSafetensors(folder / "lora.safetensors", tensors);
  tensors.emplace(module + ".dora_scale", rawFromFloats({768, 1}, scale));
  writeSafetensors(folder / "dora.safetensors", tensors);
  CompareAdaptersRequest request = comparison(folder / "lora.safetensors", folder / "dora.safetensors");
  request.model.clear();
  try {
    compareAdapters(request);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("name the model"), std::string::npos) << error.what();
  }
  request.second.file = folder / "lora.safetensors";
  EXPECT_TRUE(compareAdapters(request).equal);
}

TEST(CompareAdapters, StopsAndRefusesATolerance) {
  std::stop_source stop;
  stop.request_stop();
  WorkshopControl control;
  control.stop = stop.get_token();
  EXPECT_EQ(compareAdapters(comparison(kKohya, goldenPath("lora/loha/adapter.safetensors")), control).status,
            Status::Stopped);
  CompareAdaptersRequest request = comparison(kKohya, kKohya);
  request.tolerance = -1;
  EXPECT_THROW(compareAdapters(request), Error);
}

TEST(CompareAdapters, ReportsProgressUpToTheEnd) {
  WorkshopControl control;
  int last = 0, total = 0;
  control.progress = [&](const WorkshopProgress& progress) {
    last = std::max(last, progress.done);
    total = progress.total;
    EXPECT_FALSE(progress.module.empty());
  };
  compareAdapters(comparison(kKohya, goldenPath("lora/loha/adapter.safetensors")), control);
  EXPECT_EQ(last, total);
  EXPECT_GE(total, 210);
}

}  // namespace
}  // namespace lorikeet::testing
