#include "models/autoencoder_tiny.h"

#include <gtest/gtest.h>
#include <lorikeet/picture_io.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "io/tensor_file.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

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
