#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "io/json_file.h"
#include "io/json_text.h"
#include "io/nearest_names.h"
#include "lorikeet/request_json.h"
#include "pipeline/request_fields.h"
#include "pipeline/request_values.h"

namespace lorikeet {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxDepth = 16;
constexpr size_t kMaxShown = 60;

void fromName(std::string_view text, Sampler& value) { value = samplerFromName(text); }
void fromName(std::string_view text, Schedule& value) { value = scheduleFromName(text); }
void fromName(std::string_view text, Spacing& value) { value = spacingFromName(text); }
void fromName(std::string_view text, NoiseSource& value) { value = noiseSourceFromName(text); }
void fromName(std::string_view text, SdeNoise& value) { value = sdeNoiseFromName(text); }
void fromName(std::string_view text, Precision& value) { value = precisionFromName(text); }
void fromName(std::string_view text, Arithmetic& value) { value = arithmeticFromName(text); }
void fromName(std::string_view text, EmphasisMode& value) { value = emphasisFromName(text); }
void fromName(std::string_view text, UpscaleMethod& value) { value = upscaleMethodFromName(text); }
void fromName(std::string_view text, VaeTiling& value) { value = vaeTilingFromName(text); }
void fromName(std::string_view text, ResizeMode& value) { value = resizeModeFromName(text); }
void fromName(std::string_view text, MaskedContent& value) { value = maskedContentFromName(text); }
void fromName(std::string_view text, ControlType& value) { value = controlTypeFromName(text); }
void fromName(std::string_view text, ControlMode& value) { value = controlModeFromName(text); }

/// Sets the fields of one struct from a JSON object and notes what is wrong.
class FieldReader {
 public:
  FieldReader(const Json& object, std::string prefix, std::vector<std::string>& problems)
      : object_(object), prefix_(std::move(prefix)), problems_(problems) {}

  template <class T>
  void operator()(const char* key, T& value, const char* /*help*/) {
    known_.emplace_back(key);
    if (const auto found = object_.find(key); found != object_.end()) read(prefix_ + key, *found, value);
  }

  void noteUnknown() {
    for (const auto& [key, value] : object_.items())
      if (std::find(known_.begin(), known_.end(), key) == known_.end())
        problems_.push_back(fmt::format("There is no field \"{}{}\"{}.", prefix_, key, suggestion(key, known_)));
  }

 private:
  void note(const std::string& name, const char* expected, const Json& found) {
    std::string shown = dumpAsciiJson(found);
    if (shown.size() > kMaxShown) shown = shown.substr(0, kMaxShown - 3) + "...";
    problems_.push_back(fmt::format("\"{}\" should be {}, but is {}.", name, expected, shown));
  }

  void read(const std::string& name, const Json& json, bool& value) {
    if (!json.is_boolean()) return note(name, "true or false", json);
    value = json.get<bool>();
  }
  void read(const std::string& name, const Json& json, double& value) {
    if (!json.is_number()) return note(name, "a number", json);
    value = json.get<double>();
  }
  void read(const std::string& name, const Json& json, int& value) {
    const bool tooLarge = json.is_number_unsigned() && json.get<uint64_t>() > std::numeric_limits<int>::max();
    const bool whole = json.is_number_integer() && !tooLarge;
    if (!whole || json.get<int64_t>() < std::numeric_limits<int>::min()) return note(name, "a whole number", json);
    value = json.get<int>();
  }
  /// Also as a string: many programs lose digits of large numbers.
  void read(const std::string& name, const Json& json, uint64_t& value) {
    if (json.is_number_unsigned()) {
      value = json.get<uint64_t>();
      return;
    }
    if (json.is_string()) {
      const auto& text = json.get_ref<const std::string&>();
      uint64_t number = 0;
      const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (failed == std::errc() && end == text.data() + text.size()) {
        value = number;
        return;
      }
    }
    note(name, "a whole number from 0 to 2^64-1", json);
  }
  void read(const std::string& name, const Json& json, std::string& value) {
    if (json.is_null()) return value.clear();
    if (!json.is_string()) return note(name, "a text", json);
    value = json.get<std::string>();
  }
  void read(const std::string& name, const Json& json, std::filesystem::path& value) {
    std::string text = value.string();
    read(name, json, text);
    if (text.find('\0') != std::string::npos) return note(name, "the name of a file", json);
    value = text;
  }
  /// One name stands for a list of one, as it is written by hand.
  void read(const std::string& name, const Json& json, std::vector<std::filesystem::path>& value) {
    if (!json.is_string()) return read<std::filesystem::path>(name, json, value);
    value.assign(1, {});
    read(name, json, value.front());
    if (value.front().empty()) value.clear();
  }
  template <class Pixels>
  void read(const std::string& name, const Json& json, PixelSource<Pixels>& value) {
    std::filesystem::path file;
    read(name, json, file);
    value = PixelSource<Pixels>(std::move(file));
  }
  void read(const std::string& name, const Json& json, std::optional<double>& value) {
    if (json.is_null()) return value.reset();
    double number = 0;
    if (!json.is_number()) return note(name, "a number", json);
    read(name, json, number);
    value = number;
  }
  void read(const std::string& name, const Json& json, std::array<double, 4>& value) {
    const bool fits = json.is_array() && json.size() == value.size() &&
                      std::all_of(json.begin(), json.end(), [](const Json& item) { return item.is_number(); });
    if (!fits) return note(name, "a list of 4 numbers", json);
    value = json.get<std::array<double, 4>>();
  }
  template <class T>
  void read(const std::string& name, const Json& json, std::vector<T>& value) {
    if (!json.is_array() && !json.is_null()) return note(name, "a list", json);
    value.clear();
    for (size_t i = 0; i < json.size(); ++i) read(fmt::format("{}[{}]", name, i), json[i], value.emplace_back());
  }
  template <class T>
  void read(const std::string& name, const Json& json, T& value) {
    if constexpr (std::is_enum_v<T>) {
      if (!json.is_string()) return note(name, "a name", json);
      try {
        fromName(json.get_ref<const std::string&>(), value);
      } catch (const Error& error) {
        problems_.push_back(fmt::format("\"{}\": {}", name, error.what()));
      }
    } else {
      if (json.is_null()) value = T();
      if (json.is_null()) return;
      if (!json.is_object()) return note(name, "an object", json);
      FieldReader fields(json, name + ".", problems_);
      visitFields(fields, value);
      fields.noteUnknown();
    }
  }

  const Json& object_;
  std::string prefix_;
  std::vector<std::string>& problems_;
  std::vector<std::string_view> known_;
};

Json parseObject(std::string_view text) {
  if (isNestedDeeper(text, kMaxDepth))
    throw Error(ErrorKind::Corrupt, fmt::format("The request is nested more than {} levels deep.", kMaxDepth));
  size_t errorAt = 0;
  Json value = parseOrderedJson(text, &errorAt);
  if (value.is_object()) return value;
  if (value.is_discarded())
    throw Error(ErrorKind::Corrupt,
                fmt::format("The request breaks off or is malformed as JSON at character {}.", errorAt));
  throw Error(ErrorKind::Corrupt, "The request is no JSON object: {\"prompt\": ...}.");
}

}  // namespace

void readRequestValue(const Json& object, GenerateRequest& request, std::vector<std::string>& problems) {
  FieldReader fields(object, "", problems);
  visitFields(fields, request);
  fields.noteUnknown();
}

GenerateRequest readRequestJson(std::string_view json, const GenerateRequest& base,
                                std::vector<std::string>* problems) {
  GenerateRequest request = base;
  std::vector<std::string> found;
  readRequestValue(parseObject(json), request, found);
  if (!problems && !found.empty()) throw Error(ErrorKind::InvalidArgument, found.front());
  if (problems) problems->insert(problems->end(), found.begin(), found.end());
  return request;
}

}  // namespace lorikeet
