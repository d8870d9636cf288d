#include "io/name_table.h"

namespace lorikeet {
namespace {

std::optional<std::string> translate(std::string_view name, const NameTable::Modules& modules) {
  for (size_t length = name.size(); length != std::string_view::npos && length > 0;
       length = name.rfind('.', length - 1)) {
    const auto module = modules.find(name.substr(0, length));
    if (module != modules.end()) return module->second + std::string(name.substr(length));
  }
  return std::nullopt;
}

}  // namespace

void NameTable::add(std::string canonicalModule, std::string originalModule) {
  original_[canonicalModule] = originalModule;
  canonical_[std::move(originalModule)] = std::move(canonicalModule);
}

std::optional<std::string> NameTable::toCanonical(std::string_view originalName) const {
  return translate(originalName, canonical_);
}

std::optional<std::string> NameTable::toOriginal(std::string_view canonicalName) const {
  return translate(canonicalName, original_);
}

}  // namespace lorikeet
