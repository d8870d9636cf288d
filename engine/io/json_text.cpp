#include "io/json_text.h"

#include <nlohmann/json.hpp>

namespace lorikeet {

namespace {

template <class Json>
Json parsed(std::string_view text, size_t* errorAt) {
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const typename Json::parse_error& error) {
    if (errorAt != nullptr) *errorAt = error.byte;
    return Json(Json::value_t::discarded);
  }
}

}  // namespace

nlohmann::json parseJson(std::string_view text, size_t* errorAt) { return parsed<nlohmann::json>(text, errorAt); }

nlohmann::ordered_json parseOrderedJson(std::string_view text, size_t* errorAt) {
  return parsed<nlohmann::ordered_json>(text, errorAt);
}

std::string dumpJson(const nlohmann::json& value, int indent) {
  return value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string dumpJson(const nlohmann::ordered_json& value, int indent) {
  return value.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string dumpAsciiJson(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<std::string> dumpUtf8Json(const nlohmann::ordered_json& value) {
  try {
    return value.dump();
  } catch (const nlohmann::ordered_json::type_error&) {
    return std::nullopt;
  }
}

}  // namespace lorikeet
