#include "io/json_file.h"

#include <fmt/format.h>

#include <lorikeet/error.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "io/mapped_file.h"

namespace lorikeet {

using nlohmann::json;

namespace {

constexpr size_t kMaxJsonBytes = size_t{64} << 20;
constexpr size_t kMaxJsonDepth = 256;

std::string placeOf(std::string_view text, size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte > 0 ? byte - 1 : 0, text.size()));
  const size_t line = 1 + static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t lineStart = before.rfind('\n');
  const size_t column = lineStart == std::string_view::npos ? before.size() + 1 : before.size() - lineStart;
  return fmt::format("line {}, column {}", line, column);
}

bool isWhole(const json& value) {
  // Values above the range of int64_t would wrap on conversion.
  return value.is_number_integer() && !(value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX);
}

}  // namespace

bool isNestedDeeper(std::string_view text, size_t limit) {
  size_t depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString) {
      if (c == '\\') ++i;
      if (c == '"') inString = false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

std::shared_ptr<const json> readJsonObject(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  const std::string_view text(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
  const auto fail = [&](const std::string& reason) {
    return Error(ErrorKind::Corrupt, fmt::format("\"{}\" is not a readable JSON file: {}.", path.string(), reason));
  };
  if (text.size() > kMaxJsonBytes) throw fail(fmt::format("it has {} bytes, more than 64 MiB", text.size()));
  if (text.empty()) throw fail("it is empty");
  if (isNestedDeeper(text, kMaxJsonDepth)) throw fail("it is nested too deeply");
  size_t errorAt = 0;
  auto value = std::make_shared<json>(parseJson(text, &errorAt));
  if (value->is_discarded()) throw fail(fmt::format("it breaks off or is malformed at {}", placeOf(text, errorAt)));
  if (!value->is_object()) throw fail("its top level is not an object");
  return value;
}

JsonFields::JsonFields(const json* object, std::string source) : object_(object), source_(std::move(source)) {}

const json* JsonFields::find(std::string_view key) const {
  if (object_ == nullptr || !object_->is_object()) return nullptr;
  const auto found = object_->find(std::string(key));
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

void JsonFields::fail(std::string_view key, std::string_view expected) const {
  std::string found = find(key)->dump(-1, ' ', true, json::error_handler_t::replace);
  if (found.size() > 60) found = found.substr(0, 57) + "...";
  throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" in {} should be {}, but is {}.", key, source_, expected, found));
}

bool JsonFields::has(std::string_view key) const { return find(key) != nullptr; }

int64_t JsonFields::integer(std::string_view key, int64_t fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (!isWhole(*value)) fail(key, "a whole number");
  return value->get<int64_t>();
}

double JsonFields::number(std::string_view key, double fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_number()) fail(key, "a number");
  return value->get<double>();
}

bool JsonFields::boolean(std::string_view key, bool fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail(key, "true or false");
  return value->get<bool>();
}

std::string JsonFields::text(std::string_view key, std::string_view fallback) const {
  const json* value = find(key);
  if (value == nullptr) return std::string(fallback);
  if (!value->is_string()) fail(key, "a string");
  return value->get<std::string>();
}

std::vector<int64_t> JsonFields::integers(std::string_view key, std::vector<int64_t> fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (isWhole(*value)) return {value->get<int64_t>()};
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), isWhole)) fail(key, "a list of whole numbers");
  return value->get<std::vector<int64_t>>();
}

std::vector<double> JsonFields::numbers(std::string_view key, std::vector<double> fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  const auto isNumber = [](const json& item) { return item.is_number(); };
  if (isNumber(*value)) return {value->get<double>()};
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), isNumber)) fail(key, "a list of numbers");
  return value->get<std::vector<double>>();
}

std::vector<std::string> JsonFields::texts(std::string_view key, std::vector<std::string> fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  const auto isText = [](const json& item) { return item.is_string(); };
  if (isText(*value)) return {value->get<std::string>()};
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), isText)) fail(key, "a list of strings");
  return value->get<std::vector<std::string>>();
}

std::vector<bool> JsonFields::booleans(std::string_view key, std::vector<bool> fallback) const {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  const auto isBoolean = [](const json& item) { return item.is_boolean(); };
  if (isBoolean(*value)) return {value->get<bool>()};
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), isBoolean))
    fail(key, "a list of true and false");
  return value->get<std::vector<bool>>();
}

}  // namespace lorikeet
