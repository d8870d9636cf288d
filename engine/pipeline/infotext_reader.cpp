#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "pipeline/settings_readers.h"

namespace lorikeet {
namespace {

constexpr size_t kMinParameters =
    3;  // a last line with fewer belongs to the prompt (A1111, parse_generation_parameters)
constexpr std::string_view kNegative = "Negative prompt:";

bool isKeyCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || byte >= 0x80 || c == '_' || c == ' ' || c == '-' || c == '/';
}

/// Takes "a quoted value" off the front and undoes the quoting; empty where it does not end.
std::optional<std::string> takeQuoted(std::string_view& line) {
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      const std::string quoted(line.substr(0, i + 1));
      line.remove_prefix(i + 1);
      const nlohmann::json value = parseJson(quoted);
      return value.is_string() ? value.get<std::string>() : quoted.substr(1, quoted.size() - 2);
    }
  }
  return std::nullopt;
}

std::string takePlain(std::string_view& line) {
  const size_t end = std::min(line.find(','), line.size());
  std::string value(trimmed(line.substr(0, end)));
  line.remove_prefix(end);
  return value;
}

/// "Steps: 20, Sampler: Euler a, Model: "a, b"" as pairs; what is no pair is passed over up to the next comma.
ImageText parseParameters(std::string_view line) {
  ImageText pairs;
  while (!line.empty()) {
    const size_t comma = std::min(line.find(','), line.size());
    const size_t colon = std::min(line.substr(0, comma).find(':'), comma);  // no farther: a line has many commas
    const std::string_view key = trimmed(line.substr(0, colon));
    if (colon < comma && !key.empty() && std::all_of(key.begin(), key.end(), isKeyCharacter)) {
      line.remove_prefix(colon + 1);
      line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
      std::optional<std::string> value;
      if (line.starts_with('"')) value = takeQuoted(line);
      if (!value) value = takePlain(line);
      pairs.emplace_back(key, *std::move(value));
    }
    line.remove_prefix(std::min(line.find(','), line.size()));
    if (!line.empty()) line.remove_prefix(1);
  }
  return pairs;
}

void readPrompts(std::string_view text, PictureSettings& settings) {
  bool negative = false;
  bool first = true;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(kNegative)) {
      negative = true;
      line = trimmed(line.substr(kNegative.size()));
      first = settings.negativePrompt.empty();
    }
    std::string& target = negative ? settings.negativePrompt : settings.prompt;
    if (!first) target += '\n';
    target += line;
    first = false;
  }
}

std::string programOf(std::string_view version) {
  if (version.starts_with("Lorikeet")) return "Lorikeet";
  if (version.starts_with("stable-diffusion.cpp")) return "stable-diffusion.cpp";
  if (version.starts_with("ComfyUI")) return "ComfyUI";
  if (version.starts_with("Fooocus")) return "Fooocus";
  if (version.starts_with('f') && version.size() > 1 && std::isdigit(static_cast<unsigned char>(version[1])) != 0)
    return "Forge";
  return "AUTOMATIC1111";
}

std::optional<int> asInt(const std::string& value) {
  const auto number = parseInteger(value);
  if (!number || *number != static_cast<int>(*number)) return std::nullopt;
  return static_cast<int>(*number);
}

void readSize(const std::string& value, PictureSettings& settings) {
  const size_t times = value.find('x');
  if (times == std::string::npos) return;
  settings.width = asInt(value.substr(0, times));
  settings.height = asInt(value.substr(times + 1));
}

/// True where the key has a field of its own.
bool readParameter(const std::string& key, const std::string& value, PictureSettings& settings) {
  if (key == "Steps")
    settings.steps = asInt(value);
  else if (key == "Sampler")
    settings.sampler = value;
  else if (key == "Schedule type")
    settings.schedule = value;
  else if (key == "CFG scale")
    settings.guidanceScale = parseNumber(value);
  else if (key == "Seed")
    settings.seed = parseSeed(value);
  else if (key == "Size")
    readSize(value, settings);
  else if (key == "Model hash")
    settings.modelHash = value;
  else if (key == "Model")
    settings.model = value;
  else if (key == "Clip skip")
    settings.clipSkip = asInt(value);
  else
    return false;
  return true;
}

/// Takes the lines off the end that A1111's dynamic-prompts adds below the parameters: "Template: ..." and "Negative
/// Template: ...", which go on to the end of the text.
ImageText takeTemplates(std::string_view& text) {
  constexpr std::string_view kTemplate = "\nTemplate: ", kNegativeTemplate = "\nNegative Template: ";
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    const std::string_view rest = text.substr(at);
    if (!rest.starts_with(kTemplate) && !rest.starts_with(kNegativeTemplate)) continue;
    const size_t begin = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const size_t lineBegin = begin == std::string_view::npos ? 0 : begin + 1;
    if (parseParameters(text.substr(lineBegin, at - lineBegin)).size() < kMinParameters) continue;
    ImageText templates;
    const size_t negative = std::min(rest.find(kNegativeTemplate), rest.size());
    if (rest.starts_with(kTemplate))
      templates.emplace_back("Template", rest.substr(kTemplate.size(), negative - kTemplate.size()));
    if (negative < rest.size())
      templates.emplace_back("Negative Template", rest.substr(negative + kNegativeTemplate.size()));
    text = text.substr(0, at);
    return templates;
  }
  return {};
}

}  // namespace

std::optional<PictureSettings> parseInfotext(std::string_view text) {
  text = trimmed(text);
  const ImageText templates = takeTemplates(text);
  const size_t lineEnd = text.rfind('\n');
  const std::string_view last = lineEnd == std::string_view::npos ? text : text.substr(lineEnd + 1);
  const ImageText parameters = parseParameters(last);
  if (parameters.size() < kMinParameters) return std::nullopt;

  PictureSettings settings;
  readPrompts(text.substr(0, text.size() - last.size()), settings);
  while (settings.prompt.ends_with('\n')) settings.prompt.pop_back();
  while (settings.negativePrompt.ends_with('\n')) settings.negativePrompt.pop_back();
  std::string version;
  for (const auto& [key, value] : parameters) {
    if (key == "Version") version = value;
    if (!readParameter(key, value, settings)) settings.other.emplace_back(key, value);
  }
  settings.other.insert(settings.other.end(), templates.begin(), templates.end());
  settings.program = programOf(version);
  if (const auto own = findText(settings.other, "Lorikeet")) {
    const nlohmann::json fields = parseJsonObject(*own);
    if (fields.contains("prompt")) settings.prompt = jsonText(fields, "prompt");
    if (fields.contains("negative_prompt")) settings.negativePrompt = jsonText(fields, "negative_prompt");
  }
  return settings;
}

}  // namespace lorikeet
