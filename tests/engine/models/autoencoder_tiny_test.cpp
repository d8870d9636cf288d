#include "models/autoencoder_tiny.h"

#include <gtest/gtest.h>
#include <lorikeet/picture_io.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "io/safetensors.h"
#include "io/tensor_file.h"
#include "io/vae_file.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

TEST(AutoencoderTinyTest, DecodesAsDiffusersDoes) {
  ThreadPool pool(2);
  const ExecutionContext context(pool);
  const std::filesystem::path folder = testing::goldenPath("tiny-decoder");
  const VaeFile file = openVae(folder);
  ASSERT_TRUE(file.isTiny);
  const AutoencoderTinyDecoder decoder(context, file.weights);
  const testing::GoldenFile golden(folder / "case.safetensors");
  const Tensor picture = decoder(context, toChannelsLast(golden.tensor("latents")));
  EXPECT_TRUE(testing::closeTo(toChannelsFirst(picture), golden.tensor("picture"), 2e-4));
}

TEST(AutoencoderTinyTest, ItsOwnNamesGiveTheSamePicture) {
  ThreadPool pool(2);
  const ExecutionContext context(pool);
  const WeightStore diffusers = openVae(testing::goldenPath("tiny-decoder")).weights;
  const std::string prefix = "decoder.layers.";
  std::map<std::string, RawTensor> bare, below;
  for (const std::string& name : diffusers.names()) {
    if (!name.starts_with(prefix)) continue;
    const size_t dot = name.find('.', prefix.size());
    const int layer = std::stoi(name.substr(prefix.size(), dot - prefix.size()));
    const std::string own = std::to_string(layer + 1) + name.substr(dot);
    bare[own] = below["decoder." + own] = diffusers.tensor(name);
  }
  const testing::TemporaryFolder folder;
  const Tensor latents =
      toChannelsLast(testing::GoldenFile(testing::goldenPath("tiny-decoder/case.safetensors")).tensor("latents"));
  const Tensor expected = AutoencoderTinyDecoder(context, diffusers)(context, latents);
  for (const auto& tensors : {bare, below}) {
    writeSafetensors(folder / "taesd.safetensors", tensors);
    const VaeFile file = openVae(folder / "taesd.safetensors");
    ASSERT_TRUE(file.isTiny);
    const Tensor picture = AutoencoderTinyDecoder(context, file.weights)(context, latents);
    EXPECT_TRUE(std::equal(picture.values().begin(), picture.values().end(), expected.values().begin()));
  }
}

TEST(AutoencoderTinyTest, DecodesARealFileAsTorchDoes) {
  LORIKEET_SKIP_WITHOUT_SHARED_DATA();
  ThreadPool pool(2);
  const ExecutionContext context(pool);
  const std::filesystem::path file = testing::sharedPath("testdata/autoencoder/taef2_decoder.pth");
  const WeightStore weights(file.string(), readTensorFile(file).tensors);
  const AutoencoderTinyDecoder decoder(context, weights);
  ASSERT_EQ(decoder.latentChannels(), 32);
  EXPECT_TRUE(weights.unusedNames().empty());

  Tensor latents({1, 32, 32, 32});
  std::ifstream(testing::sharedPath("testdata/golden/astronaut256_taef2_latent_1x32x32x32_f32.bin"), std::ios::binary)
      .read(reinterpret_cast<char*>(latents.data()), static_cast<std::streamsize>(latents.size() * sizeof(float)));
  const Tensor picture = decoder(context, toChannelsLast(latents));
  const Image expected = loadPicture(testing::sharedPath("testdata/golden/astronaut256_taef2_roundtrip.png")).image;
  ASSERT_EQ(picture.dim(1), expected.height);
  int worst = 0;
  for (size_t i = 0; i < picture.size(); ++i) {
    const float level = std::clamp(picture[i] * 0.5f + 0.5f, 0.f, 1.f) * 255;
    worst = std::max(worst, std::abs(static_cast<int>(std::lround(level)) - expected.pixels[i]));
  }
  EXPECT_LE(worst, 1);
}

}  // namespace
}  // namespace lorikeet
