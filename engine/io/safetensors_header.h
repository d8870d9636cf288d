#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// One tensor as the header of a safetensors file states it, not yet checked against the file.
struct SafetensorsEntry {
  std::string name;
  std::string dtype;
  std::vector<uint64_t> shape;
  std::vector<uint64_t> offsets;  ///< begin and end, from the first byte behind the header
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// Parses the JSON of a header. Throws Error(Corrupt) whose message begins with `source`.
SafetensorsHeader parseSafetensorsHeader(std::string_view json, const std::string& source);

}  // namespace lorikeet
