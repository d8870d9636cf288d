#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "lorikeet/adapter_tags.h"
#include "lorikeet/engine.h"
#include "lorikeet/picture_settings.h"
#include "lorikeet/request.h"
#include "lorikeet/starter_parts.h"
#include "pipeline/infotext_text.h"

namespace lorikeet {
namespace {

std::string_view a1111MaskedContent(MaskedContent content) {
  switch (content) {
    case MaskedContent::Original:
      return "original";
    case MaskedContent::Fill:
      return "fill";
    case MaskedContent::Noise:
      return "latent noise";
    case MaskedContent::Nothing:
      return "latent nothing";
  }
  return "";
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

/// "ink: 0123456789ab, neon: ..."; as in A1111 the names lose what separates them.
std::string hashList(const PictureFacts::Hashes& hashes) {
  std::string list;
  for (const auto& [name, hash] : hashes) {
    std::string plain = name;
    std::erase_if(plain, [](char c) { return c == ':' || c == ','; });
    list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", plain, hash);
  }
  return list;
}

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
    if (mask.content != MaskedContent::Original)
      fields.emplace_back("Masked content", std::string(a1111MaskedContent(mask.content)));
  }
  for (size_t i = 0; i < request.controls.size(); ++i) {
    const ControlUnit& unit = request.controls[i];
    std::string value = fmt::format(
        "Module: {}, Model: {}, Weight: {}, Guidance Start: {}, Guidance End: {}, "
        "Control Mode: {}",
        unit.type == ControlType::Map ? "none" : name(unit.type), bareName(controlNetOf(request, unit)).stem().string(),
        unit.scale, unit.start, unit.end, label(unit.mode));
    if (unit.type == ControlType::Canny)
      value += fmt::format(", Threshold A: {}, Threshold B: {}", unit.canny.lowThreshold, unit.canny.highThreshold);
    if (unit.type == ControlType::StraightLines)
      value += fmt::format(", Threshold A: {}, Threshold B: {}", unit.lines.score, unit.lines.length);
    fields.emplace_back(fmt::format("ControlNet {}", i), value);
  }
  return fields;
}

}  // namespace

std::string quoteInfotextValue(const std::string& value) {
  if (value.find_first_of(",:\n\"") == std::string::npos) return value;
  return dumpJson(nlohmann::json(value));
}

std::string adapterTags(const std::vector<AdapterUse>& adapters) {
  std::string tags;
  for (const AdapterUse& use : adapters) {
    if (!use.enabled) continue;
    tags += fmt::format(" <lora:{}:", bareName(use.file).stem().string());
    if (use.textWeight) tags += fmt::format("{}:", *use.textWeight);
    tags += fmt::format("{}>", use.weight);
  }
  return tags;
}

namespace {

/// All fields that A1111 knows.
Fields knownFields(const GenerateRequest& request, int imageIndex, const PictureFacts& facts) {
  const auto [width, height] = firstPassSize(request, facts);
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
  const auto addAll = [&](const Fields& more) { fields.insert(fields.end(), more.begin(), more.end()); };
  add("Model hash", facts.modelHash);
  add("Model", facts.modelName);
  add("VAE", bareName(request.vae).string());
  if (request.clipSkip > 1) add("Clip skip", std::to_string(request.clipSkip));
  addAll(samplingFields(request, imageIndex));
  if (request.prompting.emphasis != EmphasisMode::Original)
    add("Emphasis", std::string(label(request.prompting.emphasis)));
  addAll(steeringFields(request));
  add("RNG", std::string(a1111NoiseSource(request.noiseSource)));
  add("Lora hashes", hashList(facts.adapterHashes));
  add("TI hashes", hashList(facts.embeddingHashes));
  // As A1111's dynamic-prompts names them.
  add("Template", request.prompting.promptTemplate);
  add("Negative Template", request.prompting.negativeTemplate);
  return fields;
}

std::string joined(const GenerateRequest& request, const Fields& fields) {
  std::string text = request.prompt + adapterTags(request.adapters) + "\n";
  if (!request.negativePrompt.empty()) text += "Negative prompt: " + request.negativePrompt + "\n";
  for (size_t i = 0; i < fields.size(); ++i)
    text += (i ? ", " : "") + fields[i].first + ": " + quoteInfotextValue(fields[i].second);
  return text;
}

}  // namespace

std::string toInfotext(const GenerateRequest& request, int imageIndex, const PictureFacts& facts) {
  Fields fields = knownFields(request, imageIndex, facts);
  const std::pair<std::string, std::string> version("Version", "Lorikeet " + std::string(lorikeet::version()));
  fields.push_back(version);
  const std::string own = ownSettings(request, imageIndex, facts, joined(request, fields));
  if (own.empty()) return joined(request, fields);
  fields.back() = {"Lorikeet", own};
  fields.push_back(version);
  return joined(request, fields);
}

}  // namespace lorikeet
