#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "lorikeet/engine.h"
#include "lorikeet/request.h"
#include "pipeline/infotext_text.h"

namespace lorikeet {
namespace {

constexpr auto kReplaceBadUtf8 = nlohmann::json::error_handler_t::replace;

/// What A1111 has no field for, or would read as something else: its own defaults differ. Empty when there is nothing.
nlohmann::json ownFields(const GenerateRequest& request) {
  const GenerateRequest defaults;
  nlohmann::json own = nlohmann::json::object();
  // A prompt that reads as a negative one changes both.
  const bool promptSurvives = survivesInfotext(request.prompt);
  if (!promptSurvives) own["prompt"] = request.prompt;
  if (!promptSurvives || !survivesInfotext(request.negativePrompt)) own["negative_prompt"] = request.negativePrompt;
  if (request.schedule == Schedule::Default) own["schedule"] = name(request.schedule);
  if (request.spacing != defaults.spacing) own["spacing"] = name(request.spacing);
  if (request.sampling.sdeNoise != defaults.sampling.sdeNoise) own["sde_noise"] = name(request.sampling.sdeNoise);
  if (request.noiseSource == NoiseSource::Numpy) own["rng"] = name(request.noiseSource);
  if (request.seamless.x != request.seamless.y) own["seamless"] = request.seamless.x ? "x" : "y";
  if (request.vaeTiling != defaults.vaeTiling) own["vae_tiling"] = name(request.vaeTiling);
  if (request.precision != defaults.precision) own["precision"] = name(request.precision);
  const bool mayHoldChoices = (request.prompt + request.negativePrompt).find_first_of("{_") != std::string::npos;
  if (!request.prompting.choices && mayHoldChoices) own["choices"] = false;
  return own;
}

std::string_view a1111NoiseSource(NoiseSource source) {
  switch (source) {
    case NoiseSource::Torch:
      return "CPU";
    case NoiseSource::Philox:
      return "NV";
    case NoiseSource::Numpy:
      return "";
  }
  return "";
}

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Parameters of samplers under the names of A1111's settings, where they differ from its defaults.
Fields samplingFields(const GenerateRequest& request, int imageIndex) {
  const GenerateRequest defaults;
  Fields fields;
  const auto add = [&](const char* key, double value, double usual) {
    if (value != usual) fields.emplace_back(key, fmt::format("{}", value));
  };
  if (request.variation.strength > 0) {
    fields.emplace_back("Variation seed", std::to_string(seedsOf(request, imageIndex).variation));
    add("Variation seed strength", request.variation.strength, 0);
  }
  if (request.sampling.noiseSeedDelta != 0)
    fields.emplace_back("ENSD", std::to_string(request.sampling.noiseSeedDelta));
  const SamplingOptions& sampling = request.sampling;
  const SigmaChurn& usual = defaults.sampling.churn;
  add("Eta DDIM", request.eta, defaults.eta);
  add("Eta", sampling.ancestralEta, defaults.sampling.ancestralEta);
  add("Sigma churn", sampling.churn.churn, usual.churn);
  add("Sigma tmin", sampling.churn.lowest, usual.lowest);
  add("Sigma tmax", sampling.churn.highest, usual.highest);
  add("Sigma noise", sampling.churn.noise, usual.noise);
  add("Schedule rho", sampling.scheduleRho, defaults.sampling.scheduleRho);
  return fields;
}

/// What the pictures of a request add, as A1111's image to image and its ControlNet extension write it.
Fields steeringFields(const GenerateRequest& request) {
  Fields fields;
  if (request.hires.enabled()) {
    const HiresOptions& hires = request.hires;
    fields.emplace_back("Denoising strength", fmt::format("{}", hires.strength));
    fields.emplace_back("Hires upscale", fmt::format("{}", hires.scale));
    if (hires.steps > 0) fields.emplace_back("Hires steps", std::to_string(hires.steps));
    fields.emplace_back("Hires upscaler", label(hires.upscaler));
  }
  if (request.seamless.x && request.seamless.y) fields.emplace_back("Tiling", "True");
  if (!request.init.empty()) fields.emplace_back("Denoising strength", fmt::format("{}", request.strength));
  if (!request.mask.empty() || request.outpaint.any()) {
    const MaskOptions& mask = request.maskOptions;
    if (mask.blur > 0) fields.emplace_back("Mask blur", fmt::format("{}", mask.blur));
    if (mask.invert) fields.emplace_back("Mask mode", "Inpaint not masked");
    if (mask.onlyMasked) fields.emplace_back("Inpaint area", "Only masked");
    if (mask.onlyMasked) fields.emplace_back("Masked area padding", std::to_string(mask.padding));
    if (mask.content != MaskedContent::Original) fields.emplace_back("Masked content", std::string(name(mask.content)));
  }
  for (size_t i = 0; i < request.controls.size(); ++i) {
    const ControlUnit& unit = request.controls[i];
    std::string value = fmt::format(
        "Module: {}, Model: {}, Weight: {}, Guidance Start: {}, Guidance End: {}, "
        "Control Mode: {}",
        unit.type == ControlType::Map ? "none" : name(unit.type), unit.model.stem().string(), unit.scale, unit.start,
        unit.end, label(unit.mode));
    if (unit.type == ControlType::Canny)
      value += fmt::format(", Threshold A: {}, Threshold B: {}", unit.canny.lowThreshold, unit.canny.highThreshold);
    fields.emplace_back(fmt::format("ControlNet {}", i), value);
  }
  return fields;
}

/// The stack as A1111 writes it into a prompt: <lora:name:weight>, with two weights the text encoder's first.
std::string adapterTags(const std::vector<AdapterUse>& adapters) {
  std::string tags;
  for (const AdapterUse& use : adapters) {
    if (!use.enabled) continue;
    tags += fmt::format(" <lora:{}:", use.file.stem().string());
    if (use.textWeight) tags += fmt::format("{}:", *use.textWeight);
    tags += fmt::format("{}>", use.weight);
  }
  return tags;
}

}  // namespace

std::string quoteInfotextValue(const std::string& value) {
  if (value.find_first_of(",:\n\"") == std::string::npos) return value;
  return nlohmann::json(value).dump(-1, ' ', false, kReplaceBadUtf8);
}

bool survivesInfotext(std::string_view prompt) {
  if (prompt.find('\0') != std::string_view::npos || prompt.find('\r') != std::string_view::npos) return false;
  constexpr std::string_view kBlanks = " \t\v\f";
  for (size_t begin = 0; begin <= prompt.size();) {
    const size_t end = std::min(prompt.find('\n', begin), prompt.size());
    const std::string_view line = prompt.substr(begin, end - begin);
    if (line.starts_with("Negative prompt:")) return false;
    if (!line.empty() && (kBlanks.find(line.front()) != kBlanks.npos || kBlanks.find(line.back()) != kBlanks.npos))
      return false;
    begin = end + 1;
  }
  return !prompt.starts_with('\n') && !prompt.ends_with('\n');
}

std::string toInfotext(const GenerateRequest& request, int imageIndex, int width, int height,
                       const std::string& modelName, const std::string& modelHash) {
  std::string text = request.prompt + adapterTags(request.adapters) + "\n";
  if (!request.negativePrompt.empty()) text += "Negative prompt: " + request.negativePrompt + "\n";

  // The size of a picture with a second pass is that of the first, as A1111 has it.
  if (request.hires.enabled()) {
    width = request.width > 0 ? request.width : static_cast<int>(std::lround(width / request.hires.scale / 8)) * 8;
    height = request.height > 0 ? request.height : static_cast<int>(std::lround(height / request.hires.scale / 8)) * 8;
  }
  const Schedule schedule = request.schedule == Schedule::Default ? Schedule::Uniform : request.schedule;
  Fields fields = {
      {"Steps", std::to_string(request.steps)},
      {"Sampler", std::string(label(request.sampler))},
      {"Schedule type", std::string(label(schedule))},
      {"CFG scale", fmt::format("{}", request.guidanceScale)},
      {"Seed", std::to_string(seedsOf(request, imageIndex).seed)},
      {"Size", fmt::format("{}x{}", width, height)},
  };
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) fields.emplace_back(key, value);
  };
  add("Model hash", modelHash);
  add("Model", modelName);
  if (request.clipSkip > 1) add("Clip skip", std::to_string(request.clipSkip));
  for (const auto& [key, value] : samplingFields(request, imageIndex)) fields.emplace_back(key, value);
  if (request.prompting.emphasis != EmphasisMode::Original)
    add("Emphasis", std::string(label(request.prompting.emphasis)));
  for (const auto& [key, value] : steeringFields(request)) fields.emplace_back(key, value);
  add("RNG", std::string(a1111NoiseSource(request.noiseSource)));
  if (const nlohmann::json own = ownFields(request); !own.empty())
    add("Lorikeet", own.dump(-1, ' ', false, kReplaceBadUtf8));
  // As A1111's dynamic-prompts names them.
  add("Template", request.prompting.promptTemplate);
  add("Negative Template", request.prompting.negativeTemplate);
  add("Version", "Lorikeet " + std::string(version()));

  for (size_t i = 0; i < fields.size(); ++i)
    text += (i ? ", " : "") + fields[i].first + ": " + quoteInfotextValue(fields[i].second);
  return text;
}

}  // namespace lorikeet
