#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "schedulers/latent_math.h"
#include "schedulers/make_scheduler.h"
#include "support/golden_json.h"

// The loops of diffusers' own scheduler tests (tests/schedulers/test_scheduler_*.py) with the sums that they assert,
// read from the test data: a batch of 4 pictures [3, 8, 8] that counts up to 1, and a model that answers
// x * t / (t + 1).

namespace lorikeet {
namespace {

using nlohmann::json;
constexpr int kBatch = 4;
constexpr int kElements = kBatch * 3 * 8 * 8;

struct Loop {
  Sampler sampler;
  const char* className;
  const char* test;
  json config;        ///< beside 1000 timesteps with linear betas
  int firstCall = 0;  ///< where not 0, noise is added first
};

const std::vector<Loop>& loops() {
  static const json ddim = {{"clip_sample", true}};
  static const json alphaTo1 = {{"clip_sample", true}, {"beta_start", 0.01}, {"set_alpha_to_one", true}};
  static const json alphaTo0 = {{"clip_sample", true}, {"beta_start", 0.01}, {"set_alpha_to_one", false}};
  static const json ddimV = {{"clip_sample", true}, {"prediction_type", "v_prediction"}};
  static const json k = {{"num_train_timesteps", 1100}};
  static const json kV = {{"num_train_timesteps", 1100}, {"prediction_type", "v_prediction"}};
  static const json kKarras = {{"num_train_timesteps", 1100}, {"use_karras_sigmas", true}};
  static const json v = {{"prediction_type", "v_prediction"}};
  static const json dpm = {{"lower_order_final", false}, {"final_sigmas_type", "sigma_min"}};
  const auto with = [](json base, const json& more) {
    base.update(more);
    return base;
  };
  static const json karras = {{"use_karras_sigmas", true}};
  static const json threshold = {
      {"thresholding", true}, {"dynamic_thresholding_ratio", 0.87}, {"sample_max_value", 0.5}};
  static const json unipc = {{"final_sigmas_type", "sigma_min"}};
  static const std::vector<Loop> all = {
      {Sampler::Ddim, "DDIMSchedulerTest", "test_full_loop_no_noise", ddim},
      {Sampler::Ddim, "DDIMSchedulerTest", "test_full_loop_with_v_prediction", ddimV},
      {Sampler::Ddim, "DDIMSchedulerTest", "test_full_loop_with_set_alpha_to_one", alphaTo1},
      {Sampler::Ddim, "DDIMSchedulerTest", "test_full_loop_with_no_set_alpha_to_one", alphaTo0},
      {Sampler::Ddim, "DDIMSchedulerTest", "test_full_loop_with_noise", ddim, 8},
      {Sampler::Pndm, "PNDMSchedulerTest", "test_full_loop_no_noise", json::object()},
      {Sampler::Pndm, "PNDMSchedulerTest", "test_full_loop_with_v_prediction", v},
      {Sampler::Pndm,
       "PNDMSchedulerTest",
       "test_full_loop_with_set_alpha_to_one",
       {{"beta_start", 0.01}, {"set_alpha_to_one", true}}},
      {Sampler::Pndm, "PNDMSchedulerTest", "test_full_loop_with_no_set_alpha_to_one", {{"beta_start", 0.01}}},
      {Sampler::Lms, "LMSDiscreteSchedulerTest", "test_full_loop_no_noise", k},
      {Sampler::Lms, "LMSDiscreteSchedulerTest", "test_full_loop_with_v_prediction", kV},
      {Sampler::Lms, "LMSDiscreteSchedulerTest", "test_full_loop_device_karras_sigmas", kKarras},
      {Sampler::Lms, "LMSDiscreteSchedulerTest", "test_full_loop_with_noise", k, 8},
      {Sampler::Euler, "EulerDiscreteSchedulerTest", "test_full_loop_no_noise", k},
      {Sampler::Euler, "EulerDiscreteSchedulerTest", "test_full_loop_with_v_prediction", kV},
      {Sampler::Euler, "EulerDiscreteSchedulerTest", "test_full_loop_device_karras_sigmas", kKarras},
      {Sampler::Euler, "EulerDiscreteSchedulerTest", "test_full_loop_with_noise", k, 8},
      {Sampler::EulerA, "EulerAncestralDiscreteSchedulerTest", "test_full_loop_no_noise", k},
      {Sampler::EulerA, "EulerAncestralDiscreteSchedulerTest", "test_full_loop_with_v_prediction", kV},
      {Sampler::EulerA, "EulerAncestralDiscreteSchedulerTest", "test_full_loop_with_noise", k, 8},
      {Sampler::Heun, "HeunDiscreteSchedulerTest", "test_full_loop_no_noise", k},
      {Sampler::Heun, "HeunDiscreteSchedulerTest", "test_full_loop_with_v_prediction", kV},
      {Sampler::Heun, "HeunDiscreteSchedulerTest", "test_full_loop_device_karras_sigmas", kKarras},
      {Sampler::Heun, "HeunDiscreteSchedulerTest", "test_full_loop_with_noise", k, 16},
      {Sampler::DpmPp2M, "DPMSolverMultistepSchedulerTest", "test_full_loop_no_noise", dpm},
      {Sampler::DpmPp2M, "DPMSolverMultistepSchedulerTest", "test_full_loop_with_noise", dpm, 5},
      {Sampler::DpmPp2M, "DPMSolverMultistepSchedulerTest", "test_full_loop_no_noise_thres", with(dpm, threshold)},
      {Sampler::DpmPp2M, "DPMSolverMultistepSchedulerTest", "test_full_loop_with_v_prediction", with(dpm, v)},
      {Sampler::DpmPp2M, "DPMSolverMultistepSchedulerTest", "test_full_loop_with_karras_and_v_prediction",
       with(with(dpm, v), karras)},
      {Sampler::UniPC, "UniPCMultistepSchedulerTest", "test_full_loop_no_noise", unipc},
      {Sampler::UniPC, "UniPCMultistepSchedulerTest", "test_full_loop_with_karras", with(unipc, karras)},
      {Sampler::UniPC, "UniPCMultistepSchedulerTest", "test_full_loop_with_v_prediction", with(unipc, v)},
      {Sampler::UniPC, "UniPCMultistepSchedulerTest", "test_full_loop_with_karras_and_v_prediction",
       with(with(unipc, v), karras)},
      {Sampler::UniPC, "UniPCMultistepSchedulerTest", "test_full_loop_with_noise", unipc, 8},
  };
  return all;
}

/// dummy_sample_deter: arange(n) / n laid out [3, 8, 8, batch], batch first; reversed for dummy_noise_deter. Pictures
/// [begin, end) of the batch.
Tensor countingSample(int begin, int end, bool reversed = false) {
  constexpr int kPicture = kElements / kBatch;
  Tensor x(Shape{end - begin, 3, 8, 8});
  for (int image = begin; image < end; ++image)
    for (int i = 0; i < kPicture; ++i) {
      const int index = i * kBatch + image;
      x[(image - begin) * kPicture + i] = static_cast<float>(reversed ? kElements - 1 - index : index) / kElements;
    }
  return x;
}

double sumOfLoop(const Loop& loop, int begin, int end) {
  json config = {
      {"num_train_timesteps", 1000}, {"beta_start", 0.0001}, {"beta_end", 0.02}, {"beta_schedule", "linear"}};
  config.update(loop.config);
  const auto scheduler = makeScheduler(loop.sampler, parseSchedulerConfig(config), {}, 10);
  const auto noise = makeNoiseGenerator(NoiseSource::Torch, 0);
  Tensor x = weightedSum({{scheduler->initialNoiseScale(), countingSample(begin, end)}});
  if (loop.firstCall > 0) x = scheduler->addNoise(x, countingSample(begin, end, true), loop.firstCall);
  for (int call = loop.firstCall; call < scheduler->callCount(); ++call) {
    scheduler->prepare(x, call, *noise);
    const double t = scheduler->timesteps()[call];
    x = scheduler->scaleInput(x, call);  // those tests go on with the scaled sample
    x = scheduler->step(weightedSum({{t / (t + 1), x}}), x, call, *noise);
  }
  double sum = 0;
  for (const float value : x.values()) sum += std::fabs(value);
  return sum;
}

/// The numbers of "abs(result_WHAT.item() - NUMBER) < ..." lines, as many as there are.
std::vector<double> expectedNumbers(const json& entry, const std::string& what) {
  std::vector<double> numbers;
  const std::string start = "abs(result_" + what + ".item() - ";
  for (const std::string line : entry.at("expect")) {
    const size_t at = line.find(start);
    if (at != std::string::npos) numbers.push_back(std::stod(line.substr(at + start.size())));
  }
  return numbers;
}

TEST(DiffusersLoopsTest, SumsEqualDiffusersTests) {
  const auto file = std::filesystem::path(LORIKEET_SHARED_DATA) / "testdata/golden/diffusers_scheduler_expected.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
  const json entries = testing::readGoldenJson(file);
  for (const Loop& loop : loops()) {
    SCOPED_TRACE(std::string(loop.className) + "." + loop.test);
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const json& candidate) {
      return candidate.at("cls") == loop.className && candidate.at("test") == loop.test &&
             candidate.at("file").get<std::string>().find("inverse") == std::string::npos;
    });
    ASSERT_NE(entry, entries.end());
    // Thresholding looks at each picture by itself, noise is drawn for the whole batch.
    double sum = 0;
    if (loop.config.value("thresholding", false)) {
      for (int image = 0; image < kBatch; ++image) sum += sumOfLoop(loop, image, image + 1);
    } else {
      sum = sumOfLoop(loop, 0, kBatch);
    }
    const auto sums = expectedNumbers(*entry, "sum");
    const auto means = expectedNumbers(*entry, "mean");
    for (const double expected : sums) EXPECT_NEAR(sum, expected, 0.01 + 2e-7 * expected);
    ASSERT_FALSE(means.empty());
    EXPECT_NEAR(sum / kElements, means.front(), 0.001);
  }
}

}  // namespace
}  // namespace lorikeet
