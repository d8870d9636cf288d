#include "text/png_embedding.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <array>
#include <nlohmann/json.hpp>

#include "io/json_text.h"

namespace lorikeet {
namespace {

using nlohmann::json;

std::optional<std::string> decodeBase64(std::string_view text) {
  static const std::array<int, 256> kValues = [] {
    std::array<int, 256> values{};
    values.fill(-1);
    int next = 0;
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
      values[static_cast<unsigned char>(c)] = next++;
    return values;
  }();
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=' || c == '\n' || c == '\r') continue;
    const int value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if ((count += 6) < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

[[noreturn]] void refuse(const std::string& source, std::string_view reason) {
  throw Error(ErrorKind::Corrupt, fmt::format("The embedding in \"{}\" is damaged: {}.", source, reason));
}

/// The field of an object, or null.
const json* find(const json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto it = object.find(key);
  return it == object.end() ? nullptr : &*it;
}

void readRows(const json& rows, PngEmbedding& result, const std::string& source) {
  if (!rows.is_array() || rows.empty()) refuse(source, "it has no vectors");
  for (const json& row : rows) {
    if (!row.is_array() || row.empty() || (result.width != 0 && static_cast<int>(row.size()) != result.width))
      refuse(source, "its vectors are not equally long lists of numbers");
    result.width = static_cast<int>(row.size());
    for (const json& value : row) {
      if (!value.is_number()) refuse(source, "its vectors are not equally long lists of numbers");
      result.vectors.push_back(value.get<float>());
    }
    ++result.vectorCount;
  }
}

}  // namespace

PngEmbedding readPngEmbedding(std::string_view base64, const std::string& source) {
  const std::optional<std::string> text = decodeBase64(base64);
  if (!text) refuse(source, "it is not base64");
  const json root = parseJson(*text);
  const json* parameters = find(root, "string_to_param");
  if (parameters == nullptr || !parameters->is_object() || parameters->empty())
    refuse(source, "it is not JSON with \"string_to_param\"");
  if (parameters->size() > 1)
    throw Error(ErrorKind::Unsupported,
                fmt::format("\"{}\" holds {} embeddings, expected one.", source, parameters->size()));
  const json* rows = find(*parameters->begin(), "TORCHTENSOR");
  PngEmbedding result;
  readRows(rows == nullptr ? *parameters->begin() : *rows, result, source);
  if (const json* name = find(root, "name"); name != nullptr && name->is_string())
    result.name = name->get<std::string>();
  if (const json* step = find(root, "step"); step != nullptr && step->is_number_integer())
    result.step = step->get<int64_t>();
  return result;
}

}  // namespace lorikeet
