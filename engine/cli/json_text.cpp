#include "cli/json_text.h"

#include <nlohmann/json.hpp>

namespace lorikeet::cli {

std::string jsonText(const nlohmann::ordered_json& value, int indent) {
  return value.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace lorikeet::cli
