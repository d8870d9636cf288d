#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "schedulers/latent_math.h"
#include "schedulers/make_scheduler.h"

// The loops of diffusers' own scheduler tests (tests/schedulers/test_scheduler_*.py) with the sums that they assert:
// a batch of 4 pictures [3, 8, 8] that counts up to 1, and a model that answers x * t / (t + 1).

namespace lorikeet {
namespace {

using nlohmann::json;
constexpr int kBatch = 4;
constexpr int kElements = kBatch * 3 * 8 * 8;

/// dummy_sample_deter: arange(n) / n laid out [3, 8, 8, batch]; reversed for dummy_noise_deter.
Tensor countingSample(int image, bool reversed = false) {
  Tensor x(Shape{1, 3, 8, 8});
  for (int i = 0; i < kElements / kBatch; ++i) {
    const int index = i * kBatch + image;
    x[i] = static_cast<float>(reversed ? kElements - 1 - index : index) / kElements;
  }
  return x;
}

struct Loop {
  Sampler sampler;
  json config;
  double expectedMean;
  double eta = 0;
  int steps = 10;
  int firstCall = 0;  ///< with noise added when not 0
};

json baseConfig(const json& more) {
  json config = {
      {"num_train_timesteps", 1000}, {"beta_start", 0.0001}, {"beta_end", 0.02}, {"beta_schedule", "linear"}};
  config.update(more);
  return config;
}

double runOne(const Loop& loop, int image) {
  const auto scheduler =
      makeScheduler(loop.sampler, parseSchedulerConfig(baseConfig(loop.config)), {.eta = loop.eta}, loop.steps);
  const auto noise = makeNoiseGenerator(NoiseSource::Torch, 0);
  Tensor x = weightedSum({{scheduler->initialNoiseScale(), countingSample(image)}});
  if (loop.firstCall > 0) x = scheduler->addNoise(x, countingSample(image, true), loop.firstCall);
  for (int call = loop.firstCall; call < scheduler->callCount(); ++call) {
    scheduler->prepare(x, call, *noise);
    const double t = scheduler->timesteps()[call];
    const Tensor prediction = weightedSum({{t / (t + 1), scheduler->scaleInput(x, call)}});
    x = scheduler->step(prediction, x, call, *noise);
  }
  double sum = 0;
  for (const float value : x.values()) sum += std::fabs(value);
  return sum;
}

void expectMean(const Loop& loop) {
  double sum = 0;
  for (int image = 0; image < kBatch; ++image) sum += runOne(loop, image);
  EXPECT_NEAR(sum / kElements, loop.expectedMean, 1e-4) << loop.config;
}

TEST(DiffusersLoopsTest, Ddim) {
  expectMean({Sampler::Ddim, {{"clip_sample", true}}, 0.223967});
  expectMean({Sampler::Ddim, {{"clip_sample", true}, {"prediction_type", "v_prediction"}}, 0.0684});
  expectMean({Sampler::Ddim, {{"clip_sample", true}, {"set_alpha_to_one", true}, {"beta_start", 0.01}}, 0.1951});
  expectMean({Sampler::Ddim, {{"clip_sample", true}, {"set_alpha_to_one", false}, {"beta_start", 0.01}}, 0.1941});
  expectMean({.sampler = Sampler::Ddim, .config = {{"clip_sample", true}}, .expectedMean = 0.4616, .firstCall = 8});
}

}  // namespace
}  // namespace lorikeet
