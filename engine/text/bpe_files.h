#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace lorikeet {

/// A whole file of at most 256 MiB. Throws Error(NotFound | Io).
std::string readTextFile(const std::filesystem::path& file);

/// The first `lineCount` lines of a gzip file. Throws Error(NotFound | Corrupt).
std::string readGzLines(const std::filesystem::path& file, int lineCount);

/// The entries of a vocab.json, {"token": id, ...}, in the file's order. Throws Error(NotFound | Io | Corrupt).
std::vector<std::pair<std::string, int64_t>> readTokenIds(const std::filesystem::path& file);

/// The vocabulary and the merge rules of a tokenizer.json, which newer transformers write alone.
struct TokenizerJson {
  std::vector<std::pair<std::string, int64_t>> tokens;
  std::vector<std::pair<std::string, std::string>> rules;
};
/// Throws Error(NotFound | Io | Corrupt), and Error(Unsupported) for models other than byte-pair encodings.
TokenizerJson readTokenizerJson(const std::filesystem::path& file);

}  // namespace lorikeet
