#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "io/json_file.h"
#include "io/json_text.h"
#include "pipeline/settings_readers.h"

namespace lorikeet {
namespace {

using nlohmann::json;

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  text = trimmed(text);
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

const json* find(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string asText(const json& value) { return value.is_string() ? value.get<std::string>() : dumpJson(value); }

}  // namespace

std::optional<std::string> findText(const ImageText& texts, std::string_view key) {
  for (const auto& [name, value] : texts)
    if (name == key) return value;
  return std::nullopt;
}

json parseJsonObject(const std::string& text) {
  constexpr size_t kMaxDepth = 256;  // what walks the values recursively must not run out of stack
  if (isNestedDeeper(text, kMaxDepth)) return {};
  json value = parseJson(text);
  return value.is_object() ? value : json();
}

std::string jsonText(const json& object, const char* key) {
  const json* value = find(object, key);
  return value && value->is_string() ? value->get<std::string>() : std::string();
}

std::optional<uint64_t> jsonSeed(const json& object, const char* key) {
  const json* value = find(object, key);
  if (!value) return std::nullopt;
  if (value->is_number_unsigned()) return value->get<uint64_t>();
  return value->is_string() ? parseSeed(value->get<std::string>()) : std::nullopt;
}

std::optional<double> jsonNumber(const json& object, const char* key) {
  const json* value = find(object, key);
  if (!value) return std::nullopt;
  if (value->is_number()) return value->get<double>();
  return value->is_string() ? parseNumber(value->get<std::string>()) : std::nullopt;
}

std::optional<int> jsonInt(const json& object, const char* key) {
  const auto number = jsonNumber(object, key);
  constexpr double kMax = std::numeric_limits<int>::max();
  if (!number || std::floor(*number) != *number || std::abs(*number) > kMax) return std::nullopt;
  return static_cast<int>(*number);
}

void keepOthers(PictureSettings& settings, const json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end()) settings.other.emplace_back(key, asText(value));
}

std::optional<int64_t> parseInteger(std::string_view text) { return parsed<int64_t>(text); }
std::optional<uint64_t> parseSeed(std::string_view text) { return parsed<uint64_t>(text); }

std::optional<double> parseNumber(std::string_view text) {
  const auto value = parsed<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace lorikeet
