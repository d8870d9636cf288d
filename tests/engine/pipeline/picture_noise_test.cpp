#include "pipeline/picture_noise.h"

#include <gtest/gtest.h>
#include <lorikeet/engine.h>

#include "schedulers/latent_math.h"
#include "support/golden_runs.h"

namespace lorikeet {
namespace {

Shape smallShape() { return {1, 4, 8, 6}; }

std::vector<float> valuesOf(const Tensor& tensor) { return {tensor.values().begin(), tensor.values().end()}; }

std::vector<float> drawn(uint64_t seed) {
  return valuesOf(drawNoise(*makeNoiseGenerator(NoiseSource::Torch, seed), smallShape()));
}

std::vector<float> startOf(const GenerateRequest& request, int imageIndex = 0) {
  PictureNoise noise(request, seedsOf(request, imageIndex));
  return valuesOf(noise.start(smallShape()));
}

TEST(PictureNoiseTest, IsTheSeedsNoiseWithoutAVariation) {
  GenerateRequest request;
  EXPECT_EQ(startOf(request), drawn(42));
  EXPECT_EQ(startOf(request, 3), drawn(45));
}

/// Every 13th value of slerp(0.3, randn of seed 42, randn of seed 1234567) by torch 2.13 with the function of A1111's
/// modules/rng.py.
TEST(PictureNoiseTest, VariesAsA1111Does) {
  constexpr float kExpected[] = {1.456827F,  -0.6809659F, 0.4633279F, -0.7203552F, -0.7335555F,
                                 0.1914597F, -1.932783F,  1.001285F,  -0.8456083F, 0.05118816F,
                                 -1.440655F, 0.01919097F, -2.038974F, 1.148189F,   -1.243544F};
  GenerateRequest request;
  request.variation = {1234567, 0.3};
  const std::vector<float> noise = startOf(request);
  ASSERT_EQ(noise.size(), 192u);
  for (size_t i = 0; i < std::size(kExpected); ++i) EXPECT_NEAR(noise[13 * i], kExpected[i], 2e-6) << i;
}

TEST(PictureNoiseTest, ReachesTheOtherSeed) {
  GenerateRequest request;
  request.variation = {7, 1};
  const std::vector<float> noise = startOf(request), other = drawn(7);
  for (size_t i = 0; i < noise.size(); ++i) EXPECT_NEAR(noise[i], other[i], 1e-5);
  request.variation = {42, 0.5};  // the same noise twice
  EXPECT_EQ(startOf(request), drawn(42));
}

TEST(PictureNoiseTest, CountsTheVariationOn) {
  GenerateRequest request;
  request.variation = {7, 0.25};
  GenerateRequest later = request;
  later.variation.seed = 9;
  EXPECT_EQ(startOf(request, 2), startOf(later));
  EXPECT_EQ(requestOfPicture(request, 2), later);
}

TEST(PictureNoiseTest, TakesLaterNoiseFromTheSeedWithItsDelta) {
  GenerateRequest request;
  request.sampling.noiseSeedDelta = 31337;
  PictureNoise noise(request, seedsOf(request, 0));
  EXPECT_EQ(valuesOf(noise.start(smallShape())), drawn(42));
  EXPECT_EQ(valuesOf(drawNoise(noise, smallShape())), drawn(42 + 31337));
}

class SamplingOptionsTest : public ::testing::Test {
 protected:
  std::vector<uint8_t> picture(const GenerateRequest& request) {
    static Engine engine(testing::twoThreads());
    return engine.generate(request, {}).images.back().pixels;
  }
  GenerateRequest tiny(Sampler sampler) {
    GenerateRequest request;
    request.model = testing::goldenPath("tiny-sd1");
    request.prompt = "a red fox";
    request.sampler = sampler;
    request.width = request.height = 64;
    request.steps = 4;
    return request;
  }
};

/// Each parameter reaches the samplers that know it and leaves the others alone.
TEST_F(SamplingOptionsTest, ReachTheirSamplers) {
  const auto changes = [this](Sampler sampler, auto change) {
    GenerateRequest request = tiny(sampler);
    const auto before = picture(request);
    change(request);
    return picture(request) != before;
  };
  const auto churn = [](GenerateRequest& request) { request.sampling.churn.churn = 20; };
  EXPECT_TRUE(changes(Sampler::Euler, churn));
  EXPECT_FALSE(changes(Sampler::DpmPp2M, churn));
  const auto eta = [](GenerateRequest& request) { request.sampling.ancestralEta = 0.3; };
  EXPECT_TRUE(changes(Sampler::EulerA, eta));
  EXPECT_FALSE(changes(Sampler::Euler, eta));
  const auto delta = [](GenerateRequest& request) { request.sampling.noiseSeedDelta = 31337; };
  EXPECT_TRUE(changes(Sampler::EulerA, delta));
  EXPECT_FALSE(changes(Sampler::Euler, delta));
  EXPECT_TRUE(changes(Sampler::DpmPp2MSde, [](GenerateRequest& r) { r.sampling.sdeNoise = SdeNoise::Brownian; }));
  EXPECT_TRUE(changes(Sampler::Euler, [](GenerateRequest& r) { r.variation = {1, 0.2}; }));
  const auto rho = [](GenerateRequest& request) {
    request.schedule = Schedule::Karras;
    request.sampling.scheduleRho = 3;
  };
  EXPECT_TRUE(changes(Sampler::Euler, rho));
}

TEST_F(SamplingOptionsTest, APictureOfAVariedBatchIsThatOfASingleRun) {
  GenerateRequest batch = tiny(Sampler::EulerA);
  batch.variation = {7, 0.3};
  batch.imageCount = 3;
  EXPECT_EQ(picture(batch), picture(requestOfPicture(batch, 2)));
}

TEST_F(SamplingOptionsTest, AreCheckedForTheirRange) {
  const auto isRefused = [](auto change) {
    GenerateRequest request;
    change(request);
    try {
      validate(request);
      return false;
    } catch (const Error& error) {
      return error.kind() == ErrorKind::InvalidArgument;
    }
  };
  EXPECT_FALSE(isRefused([](GenerateRequest&) {}));
  EXPECT_TRUE(isRefused([](GenerateRequest& r) { r.variation.strength = 1.5; }));
  EXPECT_TRUE(isRefused([](GenerateRequest& r) { r.sampling.ancestralEta = -1; }));
  EXPECT_TRUE(isRefused([](GenerateRequest& r) { r.sampling.churn.churn = std::nan(""); }));
  EXPECT_TRUE(isRefused([](GenerateRequest& r) { r.sampling.churn.noise = 3; }));
  EXPECT_TRUE(isRefused([](GenerateRequest& r) { r.sampling.scheduleRho = 1e-9; }));
}

}  // namespace
}  // namespace lorikeet
