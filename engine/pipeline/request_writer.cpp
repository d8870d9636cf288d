#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "io/json_text.h"
#include "lorikeet/request_json.h"
#include "pipeline/request_fields.h"
#include "pipeline/request_values.h"

namespace lorikeet {
namespace {

using Json = nlohmann::ordered_json;

/// Collects the fields of one struct as a JSON object; empty texts, files and lists are left out.
class FieldWriter {
 public:
  template <class T>
  void operator()(const char* key, const T& value, const char* /*help*/) {
    Json json = toValue(value);
    if (!isEmpty(json)) object_[key] = std::move(json);
  }
  Json take() { return std::move(object_); }

 private:
  static bool isEmpty(const Json& json) {
    return json.is_null() || (json.is_string() && json.get_ref<const std::string&>().empty()) ||
           (json.is_structured() && json.empty());
  }
  template <class T>
  static Json toValue(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      return name(value);
    } else if constexpr (std::is_constructible_v<Json, T>) {
      return value;
    } else {
      FieldWriter fields;
      visitFields(fields, value);
      return value == T() ? Json() : fields.take();
    }
  }
  static Json toValue(const std::filesystem::path& file) { return file.string(); }
  static Json toValue(const std::optional<double>& value) { return value ? Json(*value) : Json(); }
  template <class Pixels>
  static Json toValue(const PixelSource<Pixels>& source) {
    if (source.pixels && source.file.empty())
      throw Error(ErrorKind::InvalidArgument, "A picture in memory cannot be written down; save it to a file first.");
    return source.file.string();
  }
  template <class T>
  static Json toValue(const std::vector<T>& items) {
    Json list = Json::array();
    for (const T& item : items) {
      Json json = toValue(item);
      list.push_back(json.is_null() ? Json::object() : std::move(json));
    }
    return list;
  }

  Json object_ = Json::object();
};

/// Lists the fields of a struct and of its parts.
class FieldLister {
 public:
  FieldLister(std::vector<RequestJsonField>& list, std::string prefix) : list_(list), prefix_(std::move(prefix)) {}

  template <class T>
  void operator()(const char* key, const T& value, const char* help) {
    const std::string name = prefix_ + key;
    list_.push_back({name, kindOf(value), defaultOf(value), help});
    listParts(name, value);
  }

 private:
  static std::string kindOf(bool) { return "true or false"; }
  static std::string kindOf(int) { return "whole number"; }
  static std::string kindOf(uint64_t) { return "whole number"; }
  static std::string kindOf(double) { return "number"; }
  static std::string kindOf(const std::string&) { return "text"; }
  static std::string kindOf(const std::filesystem::path&) { return "file"; }
  static std::string kindOf(const std::optional<double>&) { return "number"; }
  static std::string kindOf(const std::array<double, 4>&) { return "4 numbers"; }
  static std::string kindOf(const std::vector<std::filesystem::path>&) { return "list of files"; }
  template <class Pixels>
  static std::string kindOf(const PixelSource<Pixels>&) {
    return "file";
  }
  template <class T>
  static std::string kindOf(const std::vector<T>&) {
    return "list of objects";
  }
  template <class T>
  static std::string kindOf(const T&) {
    return std::is_enum_v<T> ? "name" : "object";
  }

  template <class T>
  static std::string defaultOf(const T& value) {
    if constexpr (std::is_enum_v<T>)
      return std::string(name(value));
    else if constexpr (std::is_arithmetic_v<T>)
      return fmt::format("{}", value);
    else
      return {};
  }

  template <class T>
  void listParts(const std::string& name, const std::vector<T>&) {
    if constexpr (!std::is_same_v<T, std::filesystem::path>) listParts(name + "[]", T());
  }
  template <class T>
  void listParts(const std::string& name, const T& value) {
    if constexpr (requires(FieldLister & fields) { visitFields(fields, value); }) {
      FieldLister parts(list_, name + ".");
      visitFields(parts, value);
    }
  }

  std::vector<RequestJsonField>& list_;
  std::string prefix_;
};

}  // namespace

Json requestToValue(const GenerateRequest& request) {
  FieldWriter fields;
  visitFields(fields, request);
  return fields.take();
}

std::string toRequestJson(const GenerateRequest& request) {
  if (auto text = dumpUtf8Json(requestToValue(request))) return *std::move(text);
  throw Error(ErrorKind::InvalidArgument, "The request holds text that is not UTF-8.");
}

std::vector<RequestJsonField> requestJsonFields() {
  std::vector<RequestJsonField> list;
  FieldLister fields(list, "");
  const GenerateRequest defaults;
  visitFields(fields, defaults);
  return list;
}

}  // namespace lorikeet
