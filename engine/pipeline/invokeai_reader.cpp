#include <limits>
#include <nlohmann/json.hpp>

#include "pipeline/settings_readers.h"

namespace lorikeet {
namespace {

using nlohmann::json;

/// Up to version 2 the negative prompt stands in brackets inside the prompt.
void readBracketedPrompt(std::string_view text, PictureSettings& settings) {
  std::string positive, negative;
  int depth = 0;
  for (const char c : text) {
    if (c == '[') {
      if (depth++ == 0 && !negative.empty()) negative += ' ';
    } else if (c == ']' && depth > 0) {
      --depth;
    } else {
      (depth > 0 ? negative : positive) += c;
    }
  }
  settings.prompt = trimmed(positive);
  settings.negativePrompt = trimmed(negative);
}

/// Version 3 and later: "invokeai_metadata".
PictureSettings readCurrent(const json& data) {
  PictureSettings settings;
  settings.prompt = jsonText(data, "positive_prompt");
  settings.negativePrompt = jsonText(data, "negative_prompt");
  settings.seed = jsonSeed(data, "seed");
  settings.steps = jsonInt(data, "steps");
  settings.guidanceScale = jsonNumber(data, "cfg_scale");
  settings.width = jsonInt(data, "width");
  settings.height = jsonInt(data, "height");
  settings.sampler = jsonText(data, "scheduler");
  if (const auto model = data.find("model"); model != data.end()) {
    settings.model = jsonText(*model, "model_name");
    if (settings.model.empty()) settings.model = jsonText(*model, "name");
    settings.modelHash = jsonText(*model, "hash");
  }
  keepOthers(
      settings, data,
      {"positive_prompt", "negative_prompt", "seed", "steps", "cfg_scale", "width", "height", "scheduler", "model"});
  return settings;
}

/// Version 2: "sd-metadata".
PictureSettings readVersion2(const json& data) {
  PictureSettings settings;
  const json image = data.value("image", json::object());
  if (const auto prompt = image.find("prompt"); prompt != image.end()) {
    const json& first = prompt->is_array() && !prompt->empty() ? (*prompt)[0] : *prompt;
    readBracketedPrompt(first.is_string() ? first.get<std::string>() : jsonText(first, "prompt"), settings);
  }
  settings.seed = jsonSeed(image, "seed");
  settings.steps = jsonInt(image, "steps");
  settings.guidanceScale = jsonNumber(image, "cfg_scale");
  settings.width = jsonInt(image, "width");
  settings.height = jsonInt(image, "height");
  settings.sampler = jsonText(image, "sampler");
  settings.model = jsonText(data, "model_weights");
  settings.modelHash = jsonText(data, "model_hash");
  if (image.is_object())
    keepOthers(settings, image, {"prompt", "seed", "steps", "cfg_scale", "width", "height", "sampler"});
  return settings;
}

/// Version 1: "Dream", a command line: "the prompt" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms
std::optional<PictureSettings> readDream(std::string_view line) {
  const size_t end = line.rfind('"');
  if (!line.starts_with('"') || end == 0) return std::nullopt;
  PictureSettings settings;
  readBracketedPrompt(line.substr(1, end - 1), settings);
  line.remove_prefix(end + 1);
  std::string flag;
  while (!(line = trimmed(line)).empty()) {
    const size_t length = std::min(line.find(' '), line.size());
    const std::string word(line.substr(0, length));
    line.remove_prefix(length);
    if (word.starts_with('-') && !parseNumber(word)) {
      flag = word;
      continue;
    }
    const int64_t number = parseInteger(word).value_or(-1);
    const bool whole = number >= 0 && number <= std::numeric_limits<int>::max();
    if (flag == "-s" && whole)
      settings.steps = static_cast<int>(number);
    else if (flag == "-S")
      settings.seed = parseSeed(word);
    else if (flag == "-W" && whole)
      settings.width = static_cast<int>(number);
    else if (flag == "-H" && whole)
      settings.height = static_cast<int>(number);
    else if (flag == "-C")
      settings.guidanceScale = parseNumber(word);
    else if (flag == "-A")
      settings.sampler = word;
    else
      settings.other.emplace_back(flag, word);
  }
  return settings;
}

}  // namespace

std::optional<PictureSettings> readInvokeAi(const ImageText& texts) {
  std::optional<PictureSettings> settings;
  if (const auto current = findText(texts, "invokeai_metadata")) {
    if (const json data = parseJsonObject(*current); data.is_object()) settings = readCurrent(data);
  } else if (const auto version2 = findText(texts, "sd-metadata")) {
    if (const json data = parseJsonObject(*version2); data.is_object()) settings = readVersion2(data);
  } else if (const auto dream = findText(texts, "Dream")) {
    settings = readDream(*dream);
  }
  if (settings) settings->program = "InvokeAI";
  return settings;
}

}  // namespace lorikeet
