#include "support/golden_json.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace lorikeet::testing {

nlohmann::json parseGoldenJson(std::string text) {
  for (size_t at = text.find("-Infinity"); at != std::string::npos; at = text.find("-Infinity", at))
    text.replace(at, 9, "null");
  return nlohmann::json::parse(text);
}

nlohmann::json readGoldenJson(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("no golden file " + file.string());
  return parseGoldenJson({std::istreambuf_iterator<char>(stream), {}});
}

}  // namespace lorikeet::testing
