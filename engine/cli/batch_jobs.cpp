#include "cli/batch_jobs.h"

#include <fmt/format.h>

#include <charconv>

#include "cli/text_file.h"
#include "lorikeet/request_json.h"

namespace lorikeet::cli {
namespace {

constexpr size_t kMaxLineBytes = size_t{16} << 20;

/// Takes the next line without its end; of one that is too long, its beginning and false.
bool takeLine(std::streambuf& stream, std::string& line) {
  line.clear();
  bool complete = true;
  for (int c = stream.sbumpc(); c != std::streambuf::traits_type::eof() && c != '\n'; c = stream.sbumpc()) {
    if (line.size() < kMaxLineBytes)
      line += static_cast<char>(c);
    else
      complete = false;
  }
  return complete;
}

BatchJob readJob(int64_t number, const std::string& line) {
  BatchJob job{number, readRequestJson(line), {}};
  validate(job.request);
  job.digest = requestDigest(job.request);
  return job;
}

void readLine(int64_t number, const std::string& line, bool complete, BatchFile& batch) {
  try {
    if (!complete) throw Error(ErrorKind::Corrupt, fmt::format("The line is longer than {} MiB.", kMaxLineBytes >> 20));
    batch.jobs.push_back(readJob(number, line));
  } catch (const Error& error) {
    batch.problems.push_back({number, error.kind(), error.what()});
  }
}

}  // namespace

std::string textDigest(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

std::string requestDigest(const GenerateRequest& request) {
  GenerateRequest one = request;
  one.imageCount = 1;
  return textDigest(toRequestJson(one));
}

std::string BatchJob::pictureName(int imageIndex) const {
  return fmt::format("{:04}-{}-{}.png", line, request.seed + static_cast<uint64_t>(imageIndex), digest.substr(0, 8));
}

BatchFile readBatch(const std::filesystem::path& file, const BatchShard& shard) {
  std::ifstream stream = openTextFile(file);
  BatchFile batch;
  std::string line;
  std::streambuf& bytes = *stream.rdbuf();
  int64_t request = 0;
  for (int64_t number = 1; bytes.sgetc() != std::streambuf::traits_type::eof(); ++number) {
    const bool complete = takeLine(bytes, line);
    if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (request++ % shard.count == shard.index - 1) readLine(number, line, complete, batch);
  }
  return batch;
}

BatchShard parseShard(const std::string& text) {
  BatchShard shard;
  const char* const end = text.data() + text.size();
  const auto [slash, noIndex] = std::from_chars(text.data(), end, shard.index);
  bool fits = noIndex == std::errc() && slash != end && *slash == '/';
  if (fits) {
    const auto [rest, noCount] = std::from_chars(slash + 1, end, shard.count);
    fits = noCount == std::errc() && rest == end && shard.index >= 1 && shard.index <= shard.count;
  }
  if (fits) return shard;
  throw Error(ErrorKind::InvalidArgument,
              fmt::format("\"{}\" is no shard; expected I/N with I from 1 to N, for example 2/4.", text));
}

}  // namespace lorikeet::cli
