#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace lorikeet {

/// JSON values from text and back. The library's own functions are templates; here they are compiled once, not in
/// every file that reads or writes a value.

/// What a text says; is_discarded() where it is no JSON, and `errorAt`, if any, gets the place of the mistake in bytes,
/// from 1. Ask isNestedDeeper() (json_file.h) before parsing text from outside.
nlohmann::json parseJson(std::string_view text, size_t* errorAt = nullptr);

/// The same with the order of the keys kept.
nlohmann::ordered_json parseOrderedJson(std::string_view text, size_t* errorAt = nullptr);

/// A value as text, with U+FFFD for bytes that are not UTF-8. `indent` is in spaces a level; negative: one line.
std::string dumpJson(const nlohmann::json& value, int indent = -1);
std::string dumpJson(const nlohmann::ordered_json& value, int indent = -1);

/// The same with everything but ASCII escaped.
std::string dumpAsciiJson(const nlohmann::ordered_json& value);

/// A value in one line; none if any of its text is not UTF-8.
std::optional<std::string> dumpUtf8Json(const nlohmann::ordered_json& value);

}  // namespace lorikeet
