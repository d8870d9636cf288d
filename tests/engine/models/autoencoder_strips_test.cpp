#include <gtest/gtest.h>

#include <cmath>

#include "core/noise_generator.h"
#include "io/model_files.h"
#include "models/autoencoder_kl.h"
#include "support/golden.h"

namespace lorikeet {
namespace {

using testing::closeTo;
using testing::goldenPath;

ThreadPool& stripsPool() {
  static ThreadPool pool(2);
  return pool;
}

const AutoencoderKL& tinyAutoencoder() {
  static const ModelFiles files = openModel(goldenPath("tiny-sd1"));
  static const AutoencoderKL vae(ExecutionContext(stripsPool()), files.vae,
                                 AutoencoderConfig::fromWeights(files.vae.root()));
  return vae;
}

Tensor stripsNoise(const Shape& shape, uint64_t seed) {
  Tensor t(shape);
  makeNoiseGenerator(NoiseSource::Numpy, seed)->normal(t.values());
  return t;
}

/// Rows and columns moved around: the value at (y, x) comes from (y + down, x + right).
Tensor rolled(const Tensor& x, int64_t down, int64_t right) {
  Tensor y(x.shape());
  const int64_t height = x.dim(1), width = x.dim(2), channels = x.dim(3);
  for (int64_t row = 0; row < height; ++row)
    for (int64_t column = 0; column < width; ++column)
      std::copy_n(x.data() + ((row + down) % height * width + (column + right) % width) * channels, channels,
                  y.data() + (row * width + column) * channels);
  return y;
}

// With maps stored as f32 all of these agree within 2e-5, so what is left is the rounding to f16.
// 40 x 24 latents are 320 x 192 pixels: several strips at the finest levels.
TEST(AutoencoderStripsTest, DecodesAsTheWholeDecoderDoesButForRounding) {
  const Tensor latents = stripsNoise({1, 40, 24, 4}, 1);
  for (const Wrap wrap : {Wrap{}, Wrap{true, false}, Wrap{false, true}, Wrap{true, true}}) {
    const ExecutionContext context = ExecutionContext(stripsPool()).withWrap(wrap);
    const Tensor whole = tinyAutoencoder().decode(context, latents, VaeTiling::Never);
    const Tensor strips = tinyAutoencoder().decode(context, latents, VaeTiling::Always);
    EXPECT_TRUE(closeTo(strips, whole, 4e-3)) << wrap.x << wrap.y;
  }
}

TEST(AutoencoderStripsTest, EncodesAsTheWholeEncoderDoesButForRounding) {
  const Tensor picture = stripsNoise({1, 208, 320, 3}, 2);
  for (const Wrap wrap : {Wrap{}, Wrap{true, true}}) {
    const ExecutionContext context = ExecutionContext(stripsPool()).withWrap(wrap);
    const LatentDistribution whole = tinyAutoencoder().encode(context, picture, VaeTiling::Never);
    const LatentDistribution strips = tinyAutoencoder().encode(context, picture, VaeTiling::Always);
    EXPECT_TRUE(closeTo(strips.mean, whole.mean, 4e-3));
    EXPECT_TRUE(closeTo(strips.logVariance, whole.logVariance, 4e-3));
  }
}

TEST(AutoencoderStripsTest, WorksOnLargePicturesInStripsUnlessToldOtherwise) {
  EXPECT_FALSE(worksInStrips(VaeTiling::Auto, 768, 768));
  EXPECT_TRUE(worksInStrips(VaeTiling::Auto, 768, 776));
  EXPECT_TRUE(worksInStrips(VaeTiling::Always, 64, 64));
  EXPECT_FALSE(worksInStrips(VaeTiling::Never, 4096, 4096));
}

TEST(AutoencoderStripsTest, LargeValuesSurviveStoring) {
  const ExecutionContext context(stripsPool());
  Tensor map = stripsNoise({1, 6, 5, 3}, 3);
  map[7] = 3e6F;
  const auto stored = store(context, WholeMap(map.clone()));
  EXPECT_TRUE(closeTo(stored->rows(context, 0, 6), map, 1e-3));
}

TEST(AutoencoderStripsTest, SeamlessDecodingKnowsNoEdges) {
  const ExecutionContext context = ExecutionContext(stripsPool()).withWrap({true, true});
  const Tensor latents = stripsNoise({1, 12, 20, 4}, 4);
  const Tensor moved = tinyAutoencoder().decode(context, rolled(latents, 5, 9));
  EXPECT_TRUE(closeTo(moved, rolled(tinyAutoencoder().decode(context, latents), 40, 72), 2e-5));
}

TEST(AutoencoderStripsTest, AnswersAStop) {
  std::stop_source stop;
  stop.request_stop();
  const ExecutionContext context(stripsPool(), stop.get_token());
  EXPECT_THROW(tinyAutoencoder().decode(context, stripsNoise({1, 8, 8, 4}, 5), VaeTiling::Always), Stopped);
}

}  // namespace
}  // namespace lorikeet
