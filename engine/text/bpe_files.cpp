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

}  // namespace lorikeet
