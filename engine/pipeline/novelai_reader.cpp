#include <nlohmann/json.hpp>

#include "pipeline/settings_readers.h"

namespace lorikeet {

/// Software "NovelAI"; Description is the prompt, Comment a JSON object with the rest.
std::optional<PictureSettings> readNovelAi(const ImageText& texts) {
  if (findText(texts, "Software").value_or("") != "NovelAI") return std::nullopt;
  const nlohmann::json comment = parseJsonObject(findText(texts, "Comment").value_or(""));
  if (!comment.is_object()) return std::nullopt;
  PictureSettings settings;
  settings.program = "NovelAI";
  settings.prompt = findText(texts, "Description").value_or(jsonText(comment, "prompt"));
  settings.negativePrompt = jsonText(comment, "uc");
  settings.seed = jsonSeed(comment, "seed");
  settings.steps = jsonInt(comment, "steps");
  settings.guidanceScale = jsonNumber(comment, "scale");
  settings.width = jsonInt(comment, "width");
  settings.height = jsonInt(comment, "height");
  settings.sampler = jsonText(comment, "sampler");
  settings.schedule = jsonText(comment, "noise_schedule");
  settings.model = findText(texts, "Source").value_or("");
  keepOthers(settings, comment,
             {"prompt", "uc", "seed", "steps", "scale", "width", "height", "sampler", "noise_schedule"});
  return settings;
}

}  // namespace lorikeet
