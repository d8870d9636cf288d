#include "models/autoencoder_kl.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "io/model_files.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using testing::closeTo;
using testing::GoldenFile;
using testing::goldenPath;

class AutoencoderKlTest : public ::testing::Test {
 protected:
  ThreadPool pool_{2};
  ExecutionContext context_{pool_};
  ModelFiles files_ = openModel(goldenPath("tiny-sd1"));
  AutoencoderConfig config_ = AutoencoderConfig::fromJson(*files_.vaeConfig, "tiny-sd1");
  AutoencoderKL vae_{context_, files_.vae, config_};
  GoldenFile golden_{goldenPath("components/vae.safetensors")};
};

TEST_F(AutoencoderKlTest, DecodesAsDiffusersDoes) {
  for (const std::string name : {"decode", "decode_wide"}) {
    Tensor latents = toChannelsLast(golden_.tensor(name + ".latent"));
    for (float& v : latents.values()) v /= static_cast<float>(config_.scalingFactor);
    EXPECT_TRUE(closeTo(toChannelsFirst(vae_.decode(context_, latents)), golden_.tensor(name + ".out"), 4e-5)) << name;
  }
}

TEST_F(AutoencoderKlTest, EncodesAsDiffusersDoes) {
  const LatentDistribution latents = vae_.encode(context_, toChannelsLast(golden_.tensor("encode.input")));
  EXPECT_TRUE(closeTo(toChannelsFirst(latents.mean), golden_.tensor("encode.mean"), 2e-5));
  EXPECT_TRUE(closeTo(toChannelsFirst(latents.logVariance), golden_.tensor("encode.logvar"), 2e-5));
  const LatentDistribution wide = vae_.encode(context_, toChannelsLast(golden_.tensor("encode_wide.input")));
  EXPECT_TRUE(closeTo(toChannelsFirst(wide.mean), golden_.tensor("encode_wide.mean"), 2e-5));
}

TEST_F(AutoencoderKlTest, EveryTensorIsUsedAndTheShapesTellTheArchitecture) {
  EXPECT_EQ(files_.vae.size(), 248u);
  EXPECT_TRUE(files_.vae.unusedNames().empty());
  const AutoencoderConfig read = AutoencoderConfig::fromWeights(files_.vae.root());
  EXPECT_EQ(read.channels, config_.channels);
  EXPECT_EQ(read.layers, config_.layers);
  EXPECT_EQ(read.latentChannels, config_.latentChannels);
}

}  // namespace
}  // namespace lorikeet
