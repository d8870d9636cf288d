#include "text/bpe_vocabulary.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>

#include "text/bpe_files.h"
#include "text/bpe_merger.h"

namespace lorikeet {
namespace {

constexpr std::string_view kEndOfWord = "</w>";
constexpr int kClipMergeCount = 49152 - 256 - 2;
constexpr int kMaxVocabularySize = 4'000'000;

/// OpenAI's printable stand-ins of the 256 bytes, in the order of their token ids.
struct ByteAlphabet {
  std::array<char32_t, 256> characterOfByte{};
  std::array<uint8_t, 256> byteInOrder{};
  std::array<int, 0x144> byteOfCharacter{};

  ByteAlphabet() {
    byteOfCharacter.fill(-1);
    const auto printable = [](int b) {
      return (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || (b >= 0xae && b <= 0xff);
    };
    int count = 0;
    const auto take = [&](int byte, char32_t character) {
      characterOfByte[byte] = character;
      byteOfCharacter[character] = byte;
      byteInOrder[count++] = static_cast<uint8_t>(byte);
    };
    for (int b = 0; b < 256; ++b)
      if (printable(b)) take(b, static_cast<char32_t>(b));
    char32_t next = 0x100;
    for (int b = 0; b < 256; ++b)
      if (!printable(b)) take(b, next++);
  }
};

const ByteAlphabet& byteAlphabet() {
  static const ByteAlphabet alphabet;
  return alphabet;
}

std::string characterOf(uint8_t byte) {
  const char32_t c = byteAlphabet().characterOfByte[byte];
  if (c < 0x80) return std::string(1, static_cast<char>(c));
  return {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
}

struct LineReader {
  std::string_view rest;
  int number = 0;
  bool next(std::string_view& line) {
    if (rest.empty()) return false;
    const size_t end = rest.find('\n');
    line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number;
    return true;
  }
};

/// The two halves of a merge rule "left right".
bool splitRule(std::string_view line, std::string_view& left, std::string_view& right) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || space == 0 || space + 1 == line.size()) return false;
  left = line.substr(0, space);
  right = line.substr(space + 1);
  return right.find(' ') == std::string_view::npos;
}

std::string toString(const FileLine& place) {
  if (place.line == 0) return fmt::format("\"{}\"", place.file.string());
  return fmt::format("\"{}\", line {}", place.file.string(), place.line);
}

}  // namespace

BpeVocabulary BpeVocabulary::fromFolder(const std::filesystem::path& folder) {
  BpeVocabulary vocabulary;
  std::error_code error;
  if (!std::filesystem::exists(folder / "vocab.json", error) &&
      std::filesystem::exists(folder / "tokenizer.json", error)) {
    vocabulary.addTokenizerJson(folder / "tokenizer.json");
    return vocabulary;
  }
  vocabulary.addTokens(readTokenIds(folder / "vocab.json"), folder / "vocab.json");
  vocabulary.readMergesText(folder / "merges.txt");
  return vocabulary;
}

BpeVocabulary BpeVocabulary::fromMergesGz(const std::filesystem::path& file) {
  BpeVocabulary vocabulary;
  vocabulary.addMergesOfGz(readGzLines(file, 1 + kClipMergeCount), file);
  return vocabulary;
}

std::optional<int> BpeVocabulary::find(std::string_view token) const {
  const auto it = ids_.find(token);
  if (it == ids_.end()) return std::nullopt;
  return it->second;
}

std::string_view BpeVocabulary::token(int id) const {
  if (id < 0 || id >= size()) return {};
  return tokens_[static_cast<size_t>(id)];
}

std::string BpeVocabulary::bytes(int id) const {
  std::string_view text = token(id);
  const bool endOfWord = text.size() > kEndOfWord.size() && text.ends_with(kEndOfWord);
  if (endOfWord) text.remove_suffix(kEndOfWord.size());
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned c = static_cast<uint8_t>(text[i]);
    if ((c & 0xe0) == 0xc0 && i + 1 < text.size()) c = (c & 0x1f) << 6 | (static_cast<uint8_t>(text[++i]) & 0x3f);
    const auto& table = byteAlphabet().byteOfCharacter;
    if (c < table.size() && table[c] >= 0)
      result += static_cast<char>(table[c]);
    else
      result += text[i];
  }
  if (endOfWord) result += ' ';
  return result;
}

void BpeVocabulary::encodeWord(std::string_view word, int unknownId, std::vector<int>& ids) const {
  if (word.empty()) return;
  const size_t begin = ids.size();
  for (size_t i = 0; i < word.size(); ++i) {
    const auto byte = static_cast<uint8_t>(word[i]);
    const int id = i + 1 < word.size() ? byteIds_[byte] : byteEndIds_[byte];
    ids.push_back(id >= 0 ? id : unknownId);
  }
  mergePairs(merges_, ids, begin);
}

void BpeVocabulary::addToken(std::string token, int id) {
  if (static_cast<size_t>(id) >= tokens_.size()) tokens_.resize(static_cast<size_t>(id) + 1);
  tokens_[static_cast<size_t>(id)] = std::move(token);
}

void BpeVocabulary::indexTokens() {
  ids_.reserve(tokens_.size());
  for (size_t id = 0; id < tokens_.size(); ++id)
    if (!tokens_[id].empty()) ids_.emplace(tokens_[id], static_cast<int>(id));
  for (int byte = 0; byte < 256; ++byte) {
    const std::string character = characterOf(static_cast<uint8_t>(byte));
    byteIds_[byte] = find(character).value_or(-1);
    byteEndIds_[byte] = find(character + std::string(kEndOfWord)).value_or(-1);
  }
}

void BpeVocabulary::addMerge(std::string_view left, std::string_view right, int rank, const FileLine& place) {
  std::string merged;
  merged.reserve(left.size() + right.size());
  merged.append(left).append(right);
  const auto leftId = ids_.find(left), rightId = ids_.find(right), mergedId = ids_.find(merged);
  for (const auto& [id, text] : {std::pair(leftId, left), {rightId, right}, {mergedId, std::string_view(merged)}}) {
    if (id != ids_.end()) continue;
    throw Error(ErrorKind::Corrupt,
                fmt::format("{}: the merge rule needs the token \"{}\", which the vocabulary does not have",
                            toString(place), text));
  }
  merges_.add(leftId->second, rightId->second, {rank, mergedId->second});
}

void BpeVocabulary::addTokens(const std::vector<std::pair<std::string, int64_t>>& entries,
                              const std::filesystem::path& file) {
  if (entries.empty()) throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" holds no tokens", file.string()));
  for (const auto& [token, id] : entries) {
    if (id < 0 || id >= kMaxVocabularySize)
      throw Error(ErrorKind::Corrupt, fmt::format("\"{}\": the token \"{}\" has the id {}, expected 0 to {}",
                                                  file.string(), token, id, kMaxVocabularySize - 1));
    addToken(token, static_cast<int>(id));
  }
  indexTokens();
}

void BpeVocabulary::readMergesText(const std::filesystem::path& file) {
  const std::string text = readTextFile(file);
  merges_.reserve(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')));
  LineReader lines{text};
  std::string_view line, left, right;
  int rank = 0;
  while (lines.next(line)) {
    if (line.empty() || (lines.number == 1 && line.starts_with("#version"))) continue;
    const FileLine place{file, lines.number};
    if (!splitRule(line, left, right))
      throw Error(ErrorKind::Corrupt, fmt::format("{}: expected a merge rule of two tokens", toString(place)));
    addMerge(left, right, rank++, place);
  }
}

void BpeVocabulary::addTokenizerJson(const std::filesystem::path& file) {
  const TokenizerJson tokenizer = readTokenizerJson(file);
  addTokens(tokenizer.tokens, file);
  merges_.reserve(tokenizer.rules.size());
  int rank = 0;
  for (const auto& [left, right] : tokenizer.rules) addMerge(left, right, rank++, {file, 0});
}

void BpeVocabulary::addMergesOfGz(std::string_view text, const std::filesystem::path& file) {
  tokens_.reserve(512 + kClipMergeCount + 2);
  merges_.reserve(kClipMergeCount);
  for (const std::string_view end : {std::string_view(), kEndOfWord})
    for (const uint8_t byte : byteAlphabet().byteInOrder) tokens_.push_back(characterOf(byte) + std::string(end));
  LineReader lines{text};
  std::string_view line, left, right;
  std::vector<std::pair<std::string_view, std::string_view>> rules;
  rules.reserve(kClipMergeCount);
  lines.next(line);  // the version
  while (static_cast<int>(rules.size()) < kClipMergeCount && lines.next(line)) {
    if (!splitRule(line, left, right))
      throw Error(ErrorKind::Corrupt,
                  fmt::format("{}: expected a merge rule of two tokens", toString({file, lines.number})));
    rules.emplace_back(left, right);
    tokens_.push_back(std::string(left).append(right));
  }
  if (static_cast<int>(rules.size()) < kClipMergeCount)
    throw Error(ErrorKind::Corrupt,
                fmt::format("\"{}\" holds {} merge rules, expected {}", file.string(), rules.size(), kClipMergeCount));
  tokens_.emplace_back("<|startoftext|>");
  tokens_.emplace_back("<|endoftext|>");
  indexTokens();
  for (size_t rank = 0; rank < rules.size(); ++rank)
    addMerge(rules[rank].first, rules[rank].second, static_cast<int>(rank), {file, static_cast<int>(rank) + 2});
}

}  // namespace lorikeet
