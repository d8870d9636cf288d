#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "schedulers/latent_math.h"
#include "schedulers/make_scheduler.h"
#include "support/analytic_model.h"
#include "support/golden_json.h"
#include "support/golden_tensors.h"

// Whole runs of diffusers' schedulers with an analytic model (tests/golden/make/trajectories.py): they pin every
// coefficient of step().

namespace lorikeet {
namespace {

using nlohmann::json;
using testing::analyticModel;
using testing::kLatentShape;
using testing::largestOf;
using testing::latentPattern;

/// 1e-5 of the largest value, and where latents shrink much in a step two f32 roundings of what they were before: the
/// reference computes in f32.
void expectLatents(const Tensor& x, std::span<const float> expected, double largestBefore = 0) {
  const double tolerance = 1e-5 * std::max(1.0, largestOf(x)) + 0x1p-23 * largestBefore;
  ASSERT_EQ(x.size(), expected.size());
  for (size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], expected[i], tolerance) << "at " << i;
}

void expectTrajectory(const json& entry, const testing::GoldenTensors& golden, uint64_t seed) {
  const std::string name = entry.at("name");
  SCOPED_TRACE(name);
  SchedulerOptions options;
  options.eta = entry.value("step", json::object()).value("eta", entry.at("sampler") == "tcd" ? 0.3 : 0.0);
  const auto scheduler = makeScheduler(samplerFromName(entry.at("sampler").get<std::string>()),
                                       parseSchedulerConfig(entry.at("config")), options, entry.at("steps"));
  const auto timesteps = golden.values(name + ".timesteps");
  ASSERT_EQ(scheduler->timesteps().size(), timesteps.size());
  for (size_t i = 0; i < timesteps.size(); ++i)
    ASSERT_NEAR(scheduler->timesteps()[i], timesteps[i], 1e-4 * timesteps[i] + 1e-5) << i;

  const int first = entry.value("first_call", 0);
  const auto noise = makeNoiseGenerator(NoiseSource::Torch, seed);
  const Tensor start = drawNoise(*noise, kLatentShape);
  Tensor x = first == 0 ? weightedSum({{scheduler->initialNoiseScale(), start}})
                        : scheduler->addNoise(latentPattern(), start, first);
  ASSERT_NO_FATAL_FAILURE(expectLatents(x, golden.floats(name + ".initial")));
  int call = first;
  for (; call < scheduler->callCount(); ++call) {
    scheduler->prepare(x, call, *noise);
    const Tensor prediction = analyticModel(scheduler->scaleInput(x, call), scheduler->timesteps()[call]);
    const double largestBefore = largestOf(x);
    x = scheduler->step(prediction, x, call, *noise);
    const std::string number = (call - first < 10 ? "0" : "") + std::to_string(call - first);
    const auto expected = golden.floats(name + ".after." + number);
    ASSERT_NO_FATAL_FAILURE(expectLatents(x, expected, largestBefore)) << call;
    x = Tensor::from(kLatentShape, expected);  // so that every step is judged by itself
  }
  EXPECT_EQ(call, static_cast<int>(timesteps.size()));
}

TEST(SchedulerTrajectoriesTest, EveryStepEqualsDiffusers) {
  const json index = testing::readGoldenJson(testing::goldenPath("schedulers/trajectories.json"));
  const testing::GoldenTensors golden(testing::goldenPath("schedulers/trajectories.safetensors"));
  for (const json& entry : index.at("cases")) expectTrajectory(entry, golden, index.at("seed"));
  EXPECT_GE(index.at("cases").size(), 80u);
}

}  // namespace
}  // namespace lorikeet
