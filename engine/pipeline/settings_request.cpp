#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "pipeline/settings_readers.h"

namespace lorikeet {
namespace {

/// Sets `target` from a name; an unknown one becomes a note and leaves it alone.
template <class Enum>
void take(const std::string& text, Enum (*fromName)(std::string_view), Enum& target, std::vector<std::string>& notes) {
  if (text.empty()) return;
  try {
    target = fromName(text);
  } catch (const Error& error) {
    notes.emplace_back(error.what());
  }
}

void takeSampler(const PictureSettings& settings, GenerateRequest& request, std::vector<std::string>& notes) {
  if (settings.sampler.empty()) return;
  try {
    const SamplerChoice choice = samplerChoiceFromName(settings.sampler);
    request.sampler = choice.sampler;
    request.schedule = choice.schedule;
  } catch (const Error& error) {
    notes.emplace_back(error.what());
  }
  take(settings.schedule, scheduleFromName, request.schedule, notes);
}

/// A1111's "RNG" says CPU or NV and is left out for its default, the graphics card's numbers.
void takeNoiseSource(const PictureSettings& settings, GenerateRequest& request) {
  const std::string source = findText(settings.other, "RNG").value_or("");
  const bool defaultsToGpu = settings.program == "AUTOMATIC1111" || settings.program == "Forge";
  if (source == "NV" || source == "cuda" || (source.empty() && defaultsToGpu))
    request.noiseSource = NoiseSource::Philox;
}

/// What A1111 keeps in its settings page of sampler parameters.
void takeSampling(const PictureSettings& settings, GenerateRequest& request) {
  const auto number = [&](const char* key, double usual) {
    return parseNumber(findText(settings.other, key).value_or("")).value_or(usual);
  };
  const auto seed = [&](const char* key) { return parseSeed(findText(settings.other, key).value_or("")).value_or(0); };
  SamplingOptions& sampling = request.sampling;
  request.variation = {seed("Variation seed"), number("Variation seed strength", 0)};
  request.eta = number("Eta DDIM", request.eta);
  sampling.ancestralEta = number("Eta", sampling.ancestralEta);
  sampling.noiseSeedDelta = seed("ENSD");
  sampling.churn = {number("Sigma churn", sampling.churn.churn), number("Sigma tmin", sampling.churn.lowest),
                    number("Sigma tmax", sampling.churn.highest), number("Sigma noise", sampling.churn.noise)};
  sampling.scheduleRho = number("Schedule rho", sampling.scheduleRho);
}

/// A second pass. A network's file cannot be told from its name.
void takeHires(const PictureSettings& settings, GenerateRequest& request, std::vector<std::string>& notes) {
  const auto number = [&](const char* key) { return parseNumber(findText(settings.other, key).value_or("")); };
  request.seamless.x = request.seamless.y = findText(settings.other, "Tiling").value_or("") == "True";
  const auto scale = number("Hires upscale");
  if (!scale) return;
  request.hires.scale = *scale;
  request.hires.steps = static_cast<int>(number("Hires steps").value_or(0));
  request.hires.strength = number("Denoising strength").value_or(request.hires.strength);
  const std::string upscaler = findText(settings.other, "Hires upscaler").value_or("");
  for (const auto& row : upscaleMethodNames())
    if (row.label == upscaler) request.hires.upscaler = {row.value, {}};
  if (label(request.hires.upscaler) != upscaler)
    notes.push_back("The second pass was made with the upscaler \"" + upscaler + "\"; choose its file.");
}

/// What toInfotext puts into the field "Lorikeet".
void takeOwnFields(const PictureSettings& settings, GenerateRequest& request, std::vector<std::string>& notes) {
  const auto own = findText(settings.other, "Lorikeet");
  if (!own) return;
  const nlohmann::json fields = parseJsonObject(*own);
  take(jsonText(fields, "schedule"), scheduleFromName, request.schedule, notes);
  take(jsonText(fields, "spacing"), spacingFromName, request.spacing, notes);
  take(jsonText(fields, "sde_noise"), sdeNoiseFromName, request.sampling.sdeNoise, notes);
  take(jsonText(fields, "rng"), noiseSourceFromName, request.noiseSource, notes);
  take(jsonText(fields, "precision"), precisionFromName, request.precision, notes);
  if (fields.is_object() && fields.contains("choices")) request.prompting.choices = fields["choices"] != false;
  take(jsonText(fields, "vae_tiling"), vaeTilingFromName, request.vaeTiling, notes);
  if (jsonText(fields, "seamless") == "x") request.seamless.x = true;
  if (jsonText(fields, "seamless") == "y") request.seamless.y = true;
}

}  // namespace

SettingsRequest toRequest(const PictureSettings& settings) {
  SettingsRequest result;
  GenerateRequest& request = result.request;
  request.prompt = settings.prompt;
  request.negativePrompt = settings.negativePrompt;
  request.seed = settings.seed.value_or(request.seed);
  request.steps = settings.steps.value_or(request.steps);
  request.guidanceScale = settings.guidanceScale.value_or(request.guidanceScale);
  request.width = settings.width.value_or(0);
  request.height = settings.height.value_or(0);
  request.clipSkip = settings.clipSkip.value_or(request.clipSkip);
  take(findText(settings.other, "Emphasis").value_or(""), emphasisFromName, request.prompting.emphasis, result.notes);
  request.prompting.promptTemplate = findText(settings.other, "Template").value_or("");
  request.prompting.negativeTemplate = findText(settings.other, "Negative Template").value_or("");
  takeSampler(settings, request, result.notes);
  takeNoiseSource(settings, request);
  takeSampling(settings, request);
  takeHires(settings, request, result.notes);
  takeOwnFields(settings, request, result.notes);
  return result;
}

}  // namespace lorikeet
