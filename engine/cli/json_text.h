#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lorikeet::cli {

/// What --json prints: U+FFFD for bytes that are not UTF-8; `indent` spaces a level, negative: one line.
std::string jsonText(const nlohmann::ordered_json& value, int indent = 2);

}  // namespace lorikeet::cli
