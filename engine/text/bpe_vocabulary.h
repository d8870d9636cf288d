#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/merge_table.h"

namespace lorikeet {

/// Where a rule stands, for messages; line 0 in files of one line.
struct FileLine {
  const std::filesystem::path& file;
  int line;
};

/// The tokens and merge rules of a byte-level byte-pair encoding with CLIP's end-of-word mark "</w>", and the encoding
/// of single words. Immutable after loading, so any number of threads may use it.
/// Source: openai/CLIP clip/simple_tokenizer.py (bytes_to_unicode, SimpleTokenizer.bpe).
class BpeVocabulary {
 public:
  /// Reads vocab.json and merges.txt or, where they are missing, tokenizer.json. Throws Error(NotFound | Io | Corrupt)
  /// naming the file, the line and the reason.
  static BpeVocabulary fromFolder(const std::filesystem::path& folder);
  /// Reads the merges of OpenAI's bpe_simple_vocab_16e6.txt.gz, which decide the whole vocabulary of 49408 tokens.
  static BpeVocabulary fromMergesGz(const std::filesystem::path& file);

  BpeVocabulary(BpeVocabulary&&) = default;
  BpeVocabulary& operator=(BpeVocabulary&&) = default;

  /// One more than the largest id.
  int size() const { return static_cast<int>(tokens_.size()); }
  std::optional<int> find(std::string_view token) const;
  /// The token as vocab.json spells it (bytes as printable characters); empty for an id that is not taken.
  std::string_view token(int id) const;
  /// The bytes that the token stands for, with a space for "</w>".
  std::string bytes(int id) const;

  /// Appends the ids of one word: its bytes, the last one marked as the end of a word, merged by rank. A byte that the
  /// vocabulary lacks becomes `unknownId`. Takes O(n log n) for a word of n bytes.
  void encodeWord(std::string_view word, int unknownId, std::vector<int>& ids) const;

 private:
  BpeVocabulary() = default;
  void addToken(std::string token, int id);
  void indexTokens();
  void addMerge(std::string_view left, std::string_view right, int rank, const FileLine& place);
  void addTokens(const std::vector<std::pair<std::string, int64_t>>& entries, const std::filesystem::path& file);
  void readMergesText(const std::filesystem::path& file);
  void addTokenizerJson(const std::filesystem::path& file);
  void addMergesOfGz(std::string_view text, const std::filesystem::path& file);

  std::vector<std::string> tokens_;
  std::unordered_map<std::string_view, int> ids_;  ///< views into tokens_
  MergeTable merges_;
  std::array<int, 256> byteIds_{};     ///< -1: not in the vocabulary
  std::array<int, 256> byteEndIds_{};  ///< of the byte with "</w>"
};

}  // namespace lorikeet
