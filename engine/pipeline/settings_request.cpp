#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "pipeline/infotext_text.h"
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

void takeHires(const PictureSettings& settings, GenerateRequest& request) {
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
}

/// A network's file cannot be told from its name.
void noteUpscaler(const PictureSettings& settings, const GenerateRequest& request, std::vector<std::string>& notes) {
  const auto upscaler = findText(settings.other, "Hires upscaler");
  if (request.hires.enabled() && upscaler && label(request.hires.upscaler) != *upscaler)
    notes.push_back("The second pass was made with the upscaler \"" + *upscaler + "\"; choose its file.");
}

/// The masking of A1111's image to image.
void takeMask(const PictureSettings& settings, GenerateRequest& request) {
  const auto text = [&](const char* key) { return findText(settings.other, key).value_or(""); };
  MaskOptions& mask = request.maskOptions;
  mask.blur = parseNumber(text("Mask blur")).value_or(mask.blur);
  mask.invert = text("Mask mode") == "Inpaint not masked";
  mask.onlyMasked = text("Inpaint area") == "Only masked";
  if (const auto padding = parseInteger(text("Masked area padding")); padding && *padding >= 0 && *padding <= 4096)
    mask.padding = static_cast<int>(*padding);
  const std::string content = text("Masked content");
  if (content == "fill") mask.content = MaskedContent::Fill;
  if (content == "latent noise") mask.content = MaskedContent::Noise;
  if (content == "latent nothing") mask.content = MaskedContent::Nothing;
  if (!findText(settings.other, "Hires upscale"))
    request.strength = parseNumber(text("Denoising strength")).value_or(request.strength);
}

/// A file cannot be told from its name.
void noteVae(const PictureSettings& settings, const GenerateRequest& request, std::vector<std::string>& notes) {
  const std::string vae = findText(settings.other, "VAE").value_or("");
  if (request.vae.empty() && !vae.empty() && vae != "None" && vae != "Automatic")
    notes.push_back("The picture was made with the VAE \"" + vae + "\"; choose its file.");
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
  takeHires(settings, request);
  takeMask(settings, request);
  if (const auto own = findText(settings.other, "Lorikeet")) takeOwnSettings(*own, request, result.notes);
  noteUpscaler(settings, request, result.notes);
  noteVae(settings, request, result.notes);
  return result;
}

}  // namespace lorikeet
