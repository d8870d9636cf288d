#include <cstdio>
#include <nlohmann/json.hpp>

#include "pipeline/settings_readers.h"

namespace lorikeet {

/// Fooocus' own scheme: a JSON object in "parameters" (its other scheme is A1111's infotext).
std::optional<PictureSettings> readFooocus(const ImageText& texts) {
  const nlohmann::json data = parseJsonObject(findText(texts, "parameters").value_or(""));
  if (!data.is_object() || !(data.contains("base_model") || jsonText(data, "metadata_scheme") == "fooocus"))
    return std::nullopt;
  PictureSettings settings;
  settings.program = "Fooocus";
  settings.prompt = jsonText(data, "prompt");
  settings.negativePrompt = jsonText(data, "negative_prompt");
  settings.seed = jsonSeed(data, "seed");
  settings.steps = jsonInt(data, "steps");
  settings.guidanceScale = jsonNumber(data, "guidance_scale");
  int width = 0, height = 0;
  if (std::sscanf(jsonText(data, "resolution").c_str(), "(%6d, %6d)", &width, &height) == 2) {
    settings.width = width;
    settings.height = height;
  }
  settings.sampler = jsonText(data, "sampler");
  settings.schedule = jsonText(data, "scheduler");
  settings.clipSkip = jsonInt(data, "clip_skip");
  settings.model = jsonText(data, "base_model");
  settings.modelHash = jsonText(data, "base_model_hash");
  keepOthers(settings, data,
             {"prompt", "negative_prompt", "seed", "steps", "guidance_scale", "resolution", "sampler", "scheduler",
              "clip_skip", "base_model", "base_model_hash"});
  return settings;
}

}  // namespace lorikeet
