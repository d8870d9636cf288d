#include <nlohmann/json.hpp>

#include "pipeline/settings_readers.h"

namespace lorikeet {

/// Unpaint (github.com/axodox/unpaint): a JSON object in "Metadata".
std::optional<PictureSettings> readUnpaint(const ImageText& texts) {
  const nlohmann::json data = parseJsonObject(findText(texts, "Metadata").value_or(""));
  if (!data.is_object() || !data.contains("PositivePrompt")) return std::nullopt;
  PictureSettings settings;
  settings.program = "Unpaint";
  settings.prompt = jsonText(data, "PositivePrompt");
  settings.negativePrompt = jsonText(data, "NegativePrompt");
  settings.seed = jsonSeed(data, "RandomSeed");
  settings.steps = jsonInt(data, "SamplingSteps");
  settings.guidanceScale = jsonNumber(data, "GuidanceStrength");
  settings.width = jsonInt(data, "Width");
  settings.height = jsonInt(data, "Height");
  settings.model = jsonText(data, "ModelId");
  keepOthers(settings, data,
             {"PositivePrompt", "NegativePrompt", "RandomSeed", "SamplingSteps", "GuidanceStrength", "Width", "Height",
              "ModelId"});
  return settings;
}

}  // namespace lorikeet
