#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// Parses a file whose top level is a JSON object. Throws Error(NotFound | Io | Corrupt) with the file and, for a
/// syntax error, line and column.
std::shared_ptr<const nlohmann::json> readJsonObject(const std::filesystem::path& path);

/// True where a list or object of a JSON text lies in more than `limit` others. To be asked before a text from outside
/// is parsed: writing a value takes stack for every level.
bool isNestedDeeper(std::string_view text, size_t limit);

/// Typed access to the fields of a JSON object, such as a model's config.json. A field that is absent or null gives the
/// fallback; one of the wrong type throws Error(Corrupt) with source, key and what was expected.
class JsonFields {
 public:
  /// The object must outlive this view; `source` names the file in messages. A null pointer counts as an empty object.
  JsonFields(const nlohmann::json* object, std::string source);

  bool has(std::string_view key) const;
  int64_t integer(std::string_view key, int64_t fallback) const;
  double number(std::string_view key, double fallback) const;
  bool boolean(std::string_view key, bool fallback) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  /// A list of whole numbers; a single number counts as a list of one.
  std::vector<int64_t> integers(std::string_view key, std::vector<int64_t> fallback) const;
  std::vector<double> numbers(std::string_view key, std::vector<double> fallback) const;
  std::vector<std::string> texts(std::string_view key, std::vector<std::string> fallback) const;
  std::vector<bool> booleans(std::string_view key, std::vector<bool> fallback) const;

 private:
  const nlohmann::json* find(std::string_view key) const;
  [[noreturn]] void fail(std::string_view key, std::string_view expected) const;
  const nlohmann::json* object_;
  std::string source_;
};

}  // namespace lorikeet
