#include "schedulers/scheduler_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "lorikeet/error.h"
#include "schedulers/make_scheduler.h"

namespace lorikeet {
namespace {

using nlohmann::json;

/// The file of the Stable Diffusion 1.5 repository: no timestep_spacing.
const json kStableDiffusion15 = {{"_class_name", "PNDMScheduler"},   {"beta_end", 0.012},
                                 {"beta_schedule", "scaled_linear"}, {"beta_start", 0.00085},
                                 {"num_train_timesteps", 1000},      {"set_alpha_to_one", false},
                                 {"skip_prk_steps", true},           {"steps_offset", 1},
                                 {"trained_betas", nullptr},         {"clip_sample", false}};

std::vector<float> timesteps(Sampler sampler, const SchedulerOptions& options = {}) {
  const auto scheduler = makeScheduler(sampler, parseSchedulerConfig(kStableDiffusion15), options, 5);
  return {scheduler->timesteps().begin(), scheduler->timesteps().end()};
}

TEST(SchedulerConfigTest, WithoutSpacingTheSamplerDecides) {
  using ::testing::ElementsAre;
  EXPECT_THAT(timesteps(Sampler::Ddim), ElementsAre(801, 601, 401, 201, 1));
  EXPECT_THAT(timesteps(Sampler::Pndm), ElementsAre(801, 601, 601, 401, 201, 1));
  EXPECT_THAT(timesteps(Sampler::Euler), ElementsAre(999, 749.25f, 499.5f, 249.75f, 0));
  EXPECT_THAT(timesteps(Sampler::DpmPp2M), ElementsAre(999, 799, 599, 400, 200));
  EXPECT_THAT(timesteps(Sampler::Euler, {.spacing = Spacing::Trailing}), ElementsAre(999, 799, 599, 399, 199));
}

TEST(SchedulerConfigTest, DefaultsAreThoseOfACheckpointWithoutAFile) {
  const SchedulerConfig parsed = parseSchedulerConfig(kStableDiffusion15);
  const SchedulerConfig defaults;
  EXPECT_EQ(parsed.betaStart, defaults.betaStart);
  EXPECT_EQ(parsed.betaEnd, defaults.betaEnd);
  EXPECT_EQ(parsed.betaSchedule, defaults.betaSchedule);
  EXPECT_EQ(parsed.stepsOffset, defaults.stepsOffset);
  EXPECT_EQ(parsed.setAlphaToOne, defaults.setAlphaToOne);
  EXPECT_EQ(parsed.clipSample, defaults.clipSample);
  EXPECT_EQ(parsed.spacing, defaults.spacing);
  EXPECT_EQ(parsed.predictionType, defaults.predictionType);
}

TEST(SchedulerConfigTest, RequestGoesBeforeModel) {
  json config = kStableDiffusion15;
  config["use_karras_sigmas"] = true;
  const SchedulerConfig parsed = parseSchedulerConfig(config);
  const auto sigma = [&](Schedule schedule) {
    return makeScheduler(Sampler::Euler, parsed, {.schedule = schedule}, 10)->sigmas()[1];
  };
  EXPECT_NEAR(sigma(Schedule::Default), 9.102937698364258, 1e-4);
  EXPECT_NEAR(sigma(Schedule::Uniform), 7.8398847579956055, 1e-4);
  EXPECT_NEAR(sigma(Schedule::Exponential), 7.324882984161377, 1e-4);
}

void expectRefused(const json& change, ErrorKind kind, const std::string& word) {
  json config = kStableDiffusion15;
  config.update(change);
  try {
    makeScheduler(Sampler::Ddim, parseSchedulerConfig(config), {}, 5);
    ADD_FAILURE() << change << " was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << change;
    EXPECT_THAT(error.what(), ::testing::HasSubstr(word));
  }
}

TEST(SchedulerConfigTest, ImpossibleValuesAreRefused) {
  expectRefused({{"num_train_timesteps", "many"}}, ErrorKind::Corrupt, "num_train_timesteps");
  expectRefused({{"num_train_timesteps", -5}}, ErrorKind::Corrupt, "num_train_timesteps");
  expectRefused({{"num_train_timesteps", 2000000000}}, ErrorKind::Corrupt, "num_train_timesteps");
  expectRefused({{"beta_end", 1.5}}, ErrorKind::Corrupt, "betas");
  expectRefused({{"steps_offset", 5000}}, ErrorKind::Corrupt, "steps_offset");
  expectRefused({{"trained_betas", {0.1, 2.0}}}, ErrorKind::Corrupt, "betas");
  expectRefused({{"trained_betas", {0.1}}}, ErrorKind::Corrupt, "num_train_timesteps");
  expectRefused({{"sample_max_value", 0}}, ErrorKind::Corrupt, "sample_max_value");
  expectRefused({{"beta_schedule", "sigmoid"}}, ErrorKind::Unsupported, "sigmoid");
  expectRefused({{"prediction_type", "flow_prediction"}}, ErrorKind::Unsupported, "flow_prediction");
  expectRefused({{"use_flow_sigmas", true}}, ErrorKind::Unsupported, "use_flow_sigmas");
  EXPECT_THROW(parseSchedulerConfig(json::array()), Error);
}

TEST(SchedulerConfigTest, StepsAndEtaOutOfRangeAreRefused) {
  for (const auto& row : samplerNames())
    for (const int steps : {-1, 0, 1001, 1000000000})
      EXPECT_THROW(makeScheduler(row.value, {}, {}, steps), Error) << row.name << ", " << steps;
  for (const double eta : {-0.1, 1.5, std::nan("")})
    EXPECT_THROW(makeScheduler(Sampler::Ddim, {}, {.eta = eta}, 5), Error) << eta;
}

TEST(SchedulerConfigTest, FilesOfPythonAreRead) {
  const auto file = std::filesystem::temp_directory_path() / "lorikeet_scheduler_config_test.json";
  std::ofstream(file) << R"({"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity,
                             "prediction_type": "v_prediction", "beta_schedule": "scaled_linear"})";
  EXPECT_EQ(loadSchedulerConfig(file).predictionType, PredictionType::VPrediction);
  std::ofstream(file) << "{\"beta_end\": ";
  EXPECT_THROW(loadSchedulerConfig(file), Error);
  std::filesystem::remove(file);
  EXPECT_THROW(loadSchedulerConfig(file), Error);
}

TEST(SchedulerTest, StrengthGivesTheFirstCall) {
  const auto firstCall = [](Sampler sampler, double strength) {
    return makeScheduler(sampler, {}, {}, 10)->firstCall(strength);
  };
  EXPECT_EQ(firstCall(Sampler::Euler, 1.0), 0);
  EXPECT_EQ(firstCall(Sampler::Euler, 0.6), 4);
  EXPECT_EQ(firstCall(Sampler::Heun, 0.6), 8);
  EXPECT_EQ(firstCall(Sampler::Pndm, 0.6), 4);
  EXPECT_EQ(firstCall(Sampler::Euler, 0.05), 10);
  EXPECT_EQ(firstCall(Sampler::Heun, 0.0), 19);
}

TEST(SchedulerTest, EveryRunEndsWithAllStepsDone) {
  for (const auto& row : samplerNames()) {
    const auto scheduler = makeScheduler(row.value, {}, {}, 10);
    int last = 0;
    for (int calls = 0; calls <= scheduler->callCount(); ++calls) {
      EXPECT_GE(scheduler->stepsDone(calls), last) << row.name;
      last = scheduler->stepsDone(calls);
    }
    EXPECT_EQ(last, 10) << row.name;
  }
}

}  // namespace
}  // namespace lorikeet
