#include "text/bpe_files.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

namespace lorikeet {
namespace {

constexpr std::uintmax_t kMaxTextFile = std::uintmax_t(256) << 20;

/// Receives the parse events of {"token": id, ...} without building a document.
class TokenIdReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::vector<std::pair<std::string, int64_t>> entries;
  std::string problem;

  bool null() override { return refuse(); }
  bool boolean(bool) override { return refuse(); }
  bool number_float(number_float_t, const string_t&) override { return refuse(); }
  bool string(string_t&) override { return refuse(); }
  bool binary(binary_t&) override { return refuse(); }
  bool start_array(std::size_t) override { return refuse(); }
  bool end_array() override { return refuse(); }
  bool number_integer(number_integer_t value) override { return take(value); }
  bool number_unsigned(number_unsigned_t value) override {
    return take(static_cast<int64_t>(std::min<uint64_t>(value, INT64_MAX)));
  }
  bool start_object(std::size_t) override { return ++depth_ == 1 || refuse(); }
  bool end_object() override { return true; }
  bool key(string_t& text) override {
    key_ = std::move(text);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    problem = fmt::format("is not valid JSON at byte {}", position);
    return false;
  }

 private:
  bool take(int64_t id) {
    if (depth_ != 1) return refuse();
    entries.emplace_back(std::move(key_), id);
    return true;
  }
  bool refuse() {
    problem = "is not an object of tokens and their ids";
    return false;
  }
  int depth_ = 0;
  std::string key_;
};

/// "left right", as older files have it, or ["left", "right"].
std::pair<std::string, std::string> ruleOf(const nlohmann::json& rule) {
  if (rule.is_array()) return {rule.at(0).get<std::string>(), rule.at(1).get<std::string>()};
  const auto& text = rule.get_ref<const std::string&>();
  const size_t space = std::min(text.find(' '), text.size());
  return {text.substr(0, space), text.substr(std::min(space + 1, text.size()))};
}

TokenizerJson tokenizerOf(const nlohmann::json& document) {
  TokenizerJson result;
  const nlohmann::json& model = document.at("model");
  for (const auto& [token, id] : model.at("vocab").items()) result.tokens.emplace_back(token, id.get<int64_t>());
  for (const auto& rule : model.at("merges")) result.rules.push_back(ruleOf(rule));
  if (const auto added = document.find("added_tokens"); added != document.end()) {
    for (const auto& token : *added)
      result.tokens.emplace_back(token.at("content").get<std::string>(), token.at("id").get<int64_t>());
  }
  return result;
}

}  // namespace

std::string readTextFile(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t byteSize = std::filesystem::file_size(file, error);
  if (error) throw Error(ErrorKind::NotFound, fmt::format("\"{}\": {}", file.string(), error.message()));
  if (byteSize > kMaxTextFile)
    throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" has {} bytes, expected a text file of at most {}",
                                                file.string(), byteSize, kMaxTextFile));
  std::string text(byteSize, '\0');
  std::ifstream stream(file, std::ios::binary);
  if (!stream || !stream.read(text.data(), static_cast<std::streamsize>(text.size())))
    throw Error(ErrorKind::Io, fmt::format("\"{}\" could not be read", file.string()));
  return text;
}

std::string readGzLines(const std::filesystem::path& file, int lineCount) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    throw Error(ErrorKind::NotFound, fmt::format("\"{}\": no such file", file.string()));
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> stream(gzopen(file.c_str(), "rb"), gzclose);
  if (!stream) throw Error(ErrorKind::Io, fmt::format("\"{}\" could not be opened", file.string()));
  constexpr size_t kBlock = 1 << 17;
  std::string text;
  int64_t lines = 0;
  while (lines < lineCount && text.size() < kMaxTextFile) {
    const size_t begin = text.size();
    text.resize(begin + kBlock);
    const int got = gzread(stream.get(), text.data() + begin, kBlock);
    if (got < 0) throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" is not a sound gzip file", file.string()));
    text.resize(begin + static_cast<size_t>(got));
    lines += std::count(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), '\n');
    if (got == 0) break;
  }
  return text;
}

std::vector<std::pair<std::string, int64_t>> readTokenIds(const std::filesystem::path& file) {
  const std::string text = readTextFile(file);
  TokenIdReader reader;
  reader.entries.reserve(50'000);
  if (!nlohmann::json::sax_parse(text, &reader))
    throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" {}", file.string(), reader.problem));
  return std::move(reader.entries);
}

TokenizerJson readTokenizerJson(const std::filesystem::path& file) {
  const std::string text = readTextFile(file);
  try {
    const auto document = nlohmann::json::parse(text);
    if (const auto type = document.at("model").value("type", "BPE"); type != "BPE")
      throw Error(
          ErrorKind::Unsupported,
          fmt::format("\"{}\" is a tokenizer of the kind {}, which Lorikeet does not read", file.string(), type));
    return tokenizerOf(document);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::Corrupt, fmt::format("\"{}\" is not a sound tokenizer.json", file.string()), error.what());
  }
}

}  // namespace lorikeet
