#pragma once
#include "lorikeet/request.h"

namespace lorikeet::test {

/// Every setting differs from its default.
inline GenerateRequest fullRequest() {
  GenerateRequest request;
  request.model = "/models/dreamy v8.safetensors";
  request.prompt = "a \"fox\"\nin (snow:1.2), \xe7\x8b\x90";
  request.negativePrompt = std::string("nul\0inside", 10);
  request.embeddings = {"easy.pt", "bad hands.safetensors"};
  request.seed = 18446744073709551615U;
  request.imageCount = 3;
  request.steps = 7;
  request.width = 640;
  request.height = 384;
  request.guidanceScale = 0.1 + 0.2;
  request.sampler = Sampler::DpmPp2MSde;
  request.schedule = Schedule::Exponential;
  request.spacing = Spacing::Trailing;
  request.eta = 1.0 / 3;
  request.clipSkip = 2;
  request.noiseSource = NoiseSource::Philox;
  request.sampling = {0.9, {4, 0.1, 5, 1.01}, 5, SdeNoise::Brownian, 31337};
  request.variation = {77, 0.25};
  request.precision = Precision::Auto;
  AdapterUse ink;
  ink.file = "ink.safetensors";
  ink.variant = "second";
  ink.enabled = false;
  ink.weight = -0.7;
  ink.textWeight = 0;
  ink.blocks = {0.5, {0.1, 0.2, 0.3, 0.4}, 0.6, {0.9, 0.8, 0.7, 0.6}};
  ink.begin = 0.25;
  ink.end = 0.75;
  request.adapters = {ink, AdapterUse{}};
  request.init.file = "photo.jpg";
  request.strength = 0.6;
  request.resize = ResizeMode::Crop;
  request.mask.file = "mask.png";
  request.maskOptions = {true, -3, 4.5, true, 48, MaskedContent::Noise, true, false};
  request.outpaint = {8, 16, 24, 32};
  ControlUnit unit;
  unit.type = ControlType::LineArt;
  unit.picture.file = "lines.png";
  unit.model = "control.safetensors";
  unit.scale = 1.5;
  unit.start = 0.1;
  unit.end = 0.9;
  unit.mode = ControlMode::Guess;
  unit.canny = {50, 150, 1.5, true};
  unit.lines = {"mlsd.pth", 0.2, 12};
  request.controls = {unit, ControlUnit{}};
  request.prompting = {EmphasisMode::NoNorm, false,         "wildcards",  "embeddings",
                       {"adapters", "more"}, "a {fox|cat}", "{bad|worse}"};
  request.vae = "vae.safetensors";
  request.hires = {2.5, {UpscaleMethod::Network, "esrgan.pth"}, 11, 0.45};
  request.seamless = {true, false};
  request.shortcuts = {0.1, 0.9, 2, 3};
  request.vaeTiling = VaeTiling::Never;
  return request;
}

}  // namespace lorikeet::test
