#pragma once
#include <gtest/gtest.h>
#include <lorikeet/engine.h>
#include <lorikeet/picture_io.h>

#include <map>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/golden_json.h"

namespace lorikeet::testing {
namespace fs = std::filesystem;

inline constexpr const char* kPrompt = "a watercolor painting of a red fox in the snow, highly detailed";
inline constexpr const char* kNegative = "blurry, low quality, deformed";
/// Of the largest absolute value; the reference itself is within 6e-5 of f64.
inline constexpr double kTolerance = 2e-4;

inline const std::map<std::string, Sampler>& samplerOfClass() {
  static const std::map<std::string, Sampler> table{{"DDIMScheduler", Sampler::Ddim},
                                                    {"PNDMScheduler", Sampler::Pndm},
                                                    {"LMSDiscreteScheduler", Sampler::Lms},
                                                    {"EulerDiscreteScheduler", Sampler::Euler},
                                                    {"EulerAncestralDiscreteScheduler", Sampler::EulerA},
                                                    {"HeunDiscreteScheduler", Sampler::Heun},
                                                    {"DPMSolverMultistepScheduler", Sampler::DpmPp2M},
                                                    {"DPMSolverSinglestepScheduler", Sampler::DpmPp2S},
                                                    {"UniPCMultistepScheduler", Sampler::UniPC},
                                                    {"KDPM2DiscreteScheduler", Sampler::Dpm2},
                                                    {"KDPM2AncestralDiscreteScheduler", Sampler::Dpm2A},
                                                    {"DEISMultistepScheduler", Sampler::Deis},
                                                    {"LCMScheduler", Sampler::Lcm},
                                                    {"TCDScheduler", Sampler::Tcd},
                                                    {"DDPMScheduler", Sampler::Ddpm}};
  return table;
}

/// The request that a golden run's JSON describes.
inline GenerateRequest goldenRequest(const nlohmann::json& run, const fs::path& model) {
  const auto& call = run.at("call");
  const auto& scheduler = run.at("scheduler");
  GenerateRequest request;
  request.model = model;
  request.prompt = call.value("prompt", kPrompt);
  request.negativePrompt = kNegative;
  if (call.contains("negative_prompt"))
    request.negativePrompt = call["negative_prompt"].is_null() ? "" : call["negative_prompt"].get<std::string>();
  request.seed = run.at("seeds").at(0);
  request.imageCount = call.value("num_images_per_prompt", 1);
  request.steps = call.at("num_inference_steps");
  request.width = call.value("width", 128);
  request.height = call.value("height", 128);
  request.guidanceScale = call.at("guidance_scale");
  request.eta = call.value("eta", 0.0);
  request.sampler = samplerOfClass().at(scheduler.at("_class_name"));
  if (scheduler.value("algorithm_type", "") == "sde-dpmsolver++") request.sampler = Sampler::DpmPp2MSde;
  if (scheduler.value("use_karras_sigmas", false)) request.schedule = Schedule::Karras;
  if (scheduler.value("use_exponential_sigmas", false)) request.schedule = Schedule::Exponential;
  if (scheduler.contains("timestep_spacing"))
    request.spacing = spacingFromName(scheduler["timestep_spacing"].get<std::string>());
  return request;
}

inline void expectSamePicture(const Image& actual, const fs::path& png, int levels) {
  const Image expected = loadPicture(png).image;
  ASSERT_EQ(actual.width, expected.width);
  ASSERT_EQ(actual.height, expected.height);
  int worst = 0;
  for (size_t i = 0; i < actual.pixels.size(); ++i)
    worst = std::max(worst, std::abs(actual.pixels[i] - expected.pixels[i]));
  EXPECT_LE(worst, levels) << png;
}

/// Runs a golden case and compares the latents of every step; gives the pictures.
inline std::vector<Image> expectGoldenLatents(Engine& engine, const fs::path& file, const GenerateRequest& request,
                                              int fewest) {
  const GoldenFile golden(file);
  GenerateCallbacks callbacks;
  int compared = 0;
  callbacks.latents = [&](int image, const Latents& latents) {
    if (!golden.has(latents.name)) return;
    const std::vector<float> all = golden.values(latents.name);
    const size_t size = latents.values.size();
    ASSERT_LE((image + 1) * size, all.size());
    EXPECT_TRUE(closeTo(latents.values, std::span(all).subspan(image * size, size), kTolerance))
        << file.filename() << " " << latents.name;
    ++compared;
  };
  const GenerateResult result = engine.generate(request, callbacks);
  EXPECT_EQ(static_cast<int>(result.images.size()), request.imageCount);
  EXPECT_GE(compared, fewest);
  return result.images;
}

inline EngineConfig twoThreads() {
  EngineConfig config;
  config.threads = 2;
  return config;
}

}  // namespace lorikeet::testing
