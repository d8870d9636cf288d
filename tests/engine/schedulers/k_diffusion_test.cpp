#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "schedulers/latent_math.h"
#include "schedulers/make_scheduler.h"
#include "schedulers/timestep_table.h"
#include "support/analytic_model.h"
#include "support/golden_json.h"
#include "support/golden_tensors.h"

// Whole runs of k-diffusion's and the web UIs' samplers with an analytic model, and their schedules
// (tests/golden/make/k_diffusion.py).

namespace lorikeet {
namespace {

using nlohmann::json;
using testing::kLatentShape;

const json& kDiffusionIndex() {
  static const json index = testing::readGoldenJson(testing::goldenPath("schedulers/k_diffusion.json"));
  return index;
}

SchedulerOptions optionsOf(const json& entry) {
  const json given = entry.value("options", json::object());
  SchedulerOptions options;
  options.schedule = scheduleFromName(entry.at("schedule").get<std::string>());
  options.sampling.ancestralEta = given.value("eta", 1.0);
  options.sampling.churn = {given.value("s_churn", 0.0), given.value("s_tmin", 0.0), given.value("s_tmax", 0.0),
                            given.value("s_noise", 1.0)};
  options.sampling.scheduleRho = entry.value("rho", 0.0);
  options.strength = entry.value("strength", 1.0);
  options.seed = kDiffusionIndex().at("seed");
  options.sampling.sdeNoise = entry.value("brownian", false) ? SdeNoise::Brownian : SdeNoise::Default;
  return options;
}

/// 3e-5 of the largest value, as the reference's levels are f32 numbers, and two f32 roundings of what latents were
/// before they shrank.
double toleranceOf(double largest, double largestBefore) {
  return 3e-5 * std::max(1.0, largest) + 0x1p-23 * largestBefore;
}

void expectClose(const Tensor& x, const std::vector<float>& expected, double tolerance) {
  ASSERT_EQ(x.size(), expected.size());
  for (size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], expected[i], tolerance) << "at " << i;
}

std::string callName(const std::string& run, int call) {
  std::string number = std::to_string(call);
  return run + ".call." + std::string(3 - number.size(), '0') + number;
}

void expectRun(const json& entry, const testing::GoldenTensors& golden) {
  const std::string name = entry.at("name");
  SCOPED_TRACE(name);
  const SchedulerOptions options = optionsOf(entry);
  const auto scheduler =
      makeScheduler(samplerFromName(entry.at("sampler").get<std::string>()), {}, options, entry.at("steps"));
  const auto noise = makeNoiseGenerator(NoiseSource::Torch, options.seed);
  const Tensor start = drawNoise(*noise, kLatentShape);
  const int first = scheduler->firstCall(options.strength);
  Tensor x = options.strength < 1 ? scheduler->addNoise(testing::latentPattern(), start, first)
                                  : weightedSum({{scheduler->initialNoiseScale(), start}});
  const auto timesteps = golden.values(name + ".timesteps");
  double before = 0;
  int call = first;
  for (; call < scheduler->callCount(); ++call) {
    scheduler->prepare(x, call, *noise);
    const size_t index = static_cast<size_t>(call - first);
    ASSERT_LT(index, timesteps.size());
    ASSERT_NEAR(scheduler->timesteps()[call], timesteps[index], 1e-4 * timesteps[index] + 1e-3) << call;
    const auto expected = golden.floats(callName(name, call - first));
    const double largest = testing::largestOf(x);
    ASSERT_NO_FATAL_FAILURE(expectClose(x, expected, toleranceOf(largest, before))) << call;
    x = Tensor::from(kLatentShape, expected);  // so that every step is judged by itself
    before = largest;
    const Tensor prediction = testing::analyticModel(scheduler->scaleInput(x, call), scheduler->timesteps()[call]);
    x = scheduler->step(prediction, x, call, *noise);
  }
  EXPECT_EQ(call - first, static_cast<int>(timesteps.size()));
  expectClose(x, golden.floats(name + ".final"), toleranceOf(testing::largestOf(x), before));
}

TEST(KDiffusionTest, EveryModelCallEqualsTheReference) {
  const testing::GoldenTensors golden(testing::goldenPath("schedulers/k_diffusion.safetensors"));
  for (const json& entry : kDiffusionIndex().at("cases")) expectRun(entry, golden);
  EXPECT_GE(kDiffusionIndex().at("cases").size(), 50u);
}

TEST(KDiffusionTest, SchedulesEqualTheReference) {
  const NoiseSchedule noise{SchedulerConfig{}};
  int compared = 0;
  for (const auto& [row, tables] : kDiffusionIndex().at("schedules").items()) {
    const size_t bend = row.find("_rho");
    SigmaTableSpec spec;
    spec.schedule = scheduleFromName(row.substr(0, bend));
    if (bend != std::string::npos) spec.rho = std::stod(row.substr(bend + 4));
    for (const auto& [steps, expected] : tables.items()) {
      spec.steps = std::stoi(steps);
      if (spec.steps == 1 && !expected.at(0).is_null() && (row == "karras" || row == "exponential" || row == "beta"))
        continue;  // one step of diffusers' table begins at the lowest level, these begin at the highest
      const SigmaTable table = makeSigmaTable(noise, spec);
      ASSERT_EQ(table.sigmas.size(), expected.size()) << row << ", " << steps;
      for (size_t i = 0; i < table.sigmas.size(); ++i) {
        const double wanted = expected[i];
        ASSERT_NEAR(table.sigmas[i], wanted, 3e-6 * wanted) << row << ", " << steps << " at " << i;
      }
      ++compared;
    }
  }
  EXPECT_GE(compared, 60);
}

/// Every pair on short and long runs from noise and from a picture: no NaN, all steps done, an end that is a picture's.
TEST(KDiffusionTest, EverySamplerRunsWithEverySchedule) {
  for (const auto& sampler : samplerNames()) {
    for (const auto& schedule : scheduleNames()) {
      if (!takesSchedule(sampler.value, schedule.value)) continue;
      for (const int steps : {1, 2, 3, 20, 50}) {
        for (const double strength : {1.0, 0.6}) {
          for (const PredictionType type : {PredictionType::Epsilon, PredictionType::VPrediction}) {
            SCOPED_TRACE(std::string(sampler.name) + ", " + std::string(schedule.name) + ", " + std::to_string(steps));
            SchedulerConfig config;
            config.predictionType = type;
            SchedulerOptions options;
            options.schedule = schedule.value;
            options.strength = strength;
            const auto scheduler = makeScheduler(sampler.value, config, options, steps);
            const auto noise = makeNoiseGenerator(NoiseSource::Torch, 1);
            const Tensor start = drawNoise(*noise, kLatentShape);
            int call = scheduler->firstCall(strength);
            Tensor x = strength < 1 ? scheduler->addNoise(testing::latentPattern(), start, call)
                                    : weightedSum({{scheduler->initialNoiseScale(), start}});
            for (; call < scheduler->callCount() && call < 1000; ++call) {
              scheduler->prepare(x, call, *noise);
              const Tensor input = scheduler->scaleInput(x, call);
              x = scheduler->step(testing::analyticModel(input, scheduler->timesteps()[call]), x, call, *noise);
            }
            ASSERT_EQ(call, scheduler->callCount());
            ASSERT_EQ(scheduler->stepsDone(call), scheduler->stepCount());
            for (const float value : x.values()) ASSERT_LT(std::fabs(value), 1000) << value;
          }
        }
      }
    }
  }
}

TEST(KDiffusionTest, TimestepSamplersRefuseSchedulesOfNoiseLevels) {
  SchedulerOptions options;
  options.schedule = Schedule::Karras;
  for (const Sampler sampler : {Sampler::Ddim, Sampler::Pndm, Sampler::Lcm, Sampler::Tcd, Sampler::Ddpm}) {
    EXPECT_FALSE(takesSchedule(sampler, Schedule::Karras));
    EXPECT_TRUE(takesSchedule(sampler, Schedule::Uniform));
    EXPECT_ANY_THROW(makeScheduler(sampler, {}, options, 5)) << name(sampler);
  }
  EXPECT_EQ(scheduleRefusal(Sampler::Ddim, Schedule::Karras),
            "DDIM goes by the model's timesteps and takes no schedule karras; choose the schedule default or uniform.");
}

TEST(KDiffusionTest, AModelThatAnswersNonsenseEndsTheAdaptiveSampler) {
  SchedulerOptions options;
  for (const float nonsense : {std::nanf(""), 1e30f}) {
    const auto scheduler = makeScheduler(Sampler::DpmAdaptive, {}, options, 20);
    const auto noise = makeNoiseGenerator(NoiseSource::Torch, 1);
    Tensor x = drawNoise(*noise, kLatentShape);
    EXPECT_ANY_THROW({
      for (int call = 0; call < scheduler->callCount(); ++call) {
        Tensor prediction = drawNoise(*noise, kLatentShape);
        for (float& value : prediction.values()) value *= nonsense;
        x = scheduler->step(prediction, x, call, *noise);
      }
    }) << nonsense;
  }
}

TEST(KDiffusionTest, TheAdaptiveSamplersProgressRises) {
  const auto scheduler = makeScheduler(Sampler::DpmAdaptive, {}, {}, 20);
  const auto noise = makeNoiseGenerator(NoiseSource::Torch, 1);
  Tensor x = weightedSum({{scheduler->initialNoiseScale(), drawNoise(*noise, kLatentShape)}});
  int steps = 0;
  double share = 0;
  for (int call = 0; call < scheduler->callCount(); ++call) {
    EXPECT_GE(scheduler->stepsDone(call), steps);
    EXPECT_LT(scheduler->stepsDone(call), 20);
    EXPECT_GE(scheduler->shareDone(call, 0), 0);
    steps = scheduler->stepsDone(call);
    share = std::max(share, scheduler->shareDone(call, 0));
    x = scheduler->step(testing::analyticModel(scheduler->scaleInput(x, call), scheduler->timesteps()[call]), x, call,
                        *noise);
  }
  EXPECT_GT(steps, 10);
  EXPECT_GT(share, 0.5);
  EXPECT_EQ(scheduler->stepsDone(scheduler->callCount()), 20);
}

}  // namespace
}  // namespace lorikeet
