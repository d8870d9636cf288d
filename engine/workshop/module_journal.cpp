#include "workshop/module_journal.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <vector>

#include "core/execution_context.h"
#include "core/message_digest.h"

namespace lorikeet {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMagic = "lorikeet partial 1\n";
constexpr size_t kHashDigits = 64;

std::string hashOf(std::string_view text) {
  Sha256 hash;
  hash.add(std::as_bytes(std::span(text)));
  return hash.finish();
}

std::string numberBytes(uint64_t value) { return {reinterpret_cast<const char*>(&value), sizeof(value)}; }

uint64_t numberAt(std::string_view text, size_t at) {
  uint64_t value = 0;
  std::memcpy(&value, text.data() + at, sizeof(value));
  return value;
}

}  // namespace

ModuleJournal::ModuleJournal(fs::path file, const std::string& settings) : file_(std::move(file)) {
  const std::string head = std::string(kMagic) + hashOf(settings) + "\n";
  const uint64_t length = read(head);
  std::error_code failed;
  if (length > 0) {
    fs::resize_file(file_, length, failed);  // what a kill left half written goes
    stream_.open(file_, std::ios::binary | std::ios::app);
  } else {
    stream_.open(file_, std::ios::binary | std::ios::trunc);
    stream_ << head;
  }
  if (failed || !stream_.flush()) fail();
}

ModuleJournal::~ModuleJournal() {
  if (isKept_) return;
  stream_.close();
  std::error_code ignored;
  fs::remove(file_, ignored);
}

/// Each record is its number, its length, its hash, and itself. Gives the length of what counts; 0: nothing does.
uint64_t ModuleJournal::read(const std::string& head) {
  std::ifstream stream(file_, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (!text.starts_with(head)) return 0;
  size_t at = head.size();
  constexpr size_t kRecordHead = 2 * sizeof(uint64_t) + kHashDigits;
  while (text.size() - at >= kRecordHead) {
    const uint64_t length = numberAt(text, at + sizeof(uint64_t));
    if (length > text.size() - at - kRecordHead) break;
    const std::string_view record = std::string_view(text).substr(at + kRecordHead, length);
    if (hashOf(record) != std::string_view(text).substr(at + 2 * sizeof(uint64_t), kHashDigits)) break;
    records_[static_cast<int64_t>(numberAt(text, at))] = record;
    at += kRecordHead + length;
  }
  return at;
}

void ModuleJournal::add(int64_t number, std::string_view record) {
  const std::lock_guard lock(mutex_);
  stream_ << numberBytes(static_cast<uint64_t>(number)) << numberBytes(record.size()) << hashOf(record) << record;
  if (!stream_.flush()) fail();
}

void ModuleJournal::fail() const {
  throw Error(ErrorKind::Io, fmt::format("Cannot write \"{}\": {}.", file_.string(), std::strerror(errno)));
}

WorkshopResult keepingJournal(ModuleJournal* journal, FunctionRef<WorkshopResult()> work) {
  try {
    return work();
  } catch (const Stopped&) {
    WorkshopResult stopped;
    stopped.status = Status::Stopped;
    if (journal == nullptr) return stopped;
    journal->keep();
    stopped.partial = journal->file();
    return stopped;
  } catch (const Error& error) {
    if (journal != nullptr && error.kind() == ErrorKind::Io) journal->keep();  // once there is room again
    throw;
  }
}

fs::path journalOf(const fs::path& output) {
  fs::path file = output;
  if (!file.has_filename()) file = file.parent_path();
  return file += ".partial";
}

std::string markOf(const fs::path& path) {
  std::vector<std::string> lines;
  std::error_code ignored;
  const auto add = [&](const fs::path& file) {
    const auto changed = fs::last_write_time(file, ignored).time_since_epoch().count();
    lines.push_back(fmt::format("{} {} {}\n", fs::absolute(file, ignored).lexically_normal().string(),
                                fs::file_size(file, ignored), changed));
  };
  if (fs::is_directory(path, ignored)) {
    for (fs::recursive_directory_iterator entry(path, ignored), end; !ignored && entry != end; entry.increment(ignored))
      if (entry->is_regular_file(ignored)) add(entry->path());
  } else {
    add(path);
  }
  std::sort(lines.begin(), lines.end());
  std::string mark;
  for (const std::string& line : lines) mark += line;
  return mark;
}

}  // namespace lorikeet
