#include "text/wildcard_folder.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <fstream>

#include "core/check.h"
#include "text/prompt_scanning.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t(16) << 20;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Matches `*`; the last star is the only one that ever has to be tried again, so the time is bounded by the product of
/// the lengths.
bool fits(std::string_view pattern, std::string_view name) {
  size_t p = 0, n = 0, star = std::string_view::npos, starEnd = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      starEnd = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++starEnd;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string> readChoices(const fs::path& file) {
  std::error_code error;
  if (const std::uintmax_t byteSize = fs::file_size(file, error); !error && byteSize > kMaxFileBytes)
    throw Error(ErrorKind::Corrupt, fmt::format("The wildcard file \"{}\" has {} bytes, expected at most {}",
                                                file.string(), byteSize, kMaxFileBytes));
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(ErrorKind::Io, fmt::format("The wildcard file \"{}\" could not be read", file.string()));
  std::vector<std::string> choices;
  std::string line;
  for (bool first = true; std::getline(stream, line); first = false) {
    std::string_view choice = line;
    if (first && choice.starts_with(kByteOrderMark)) choice.remove_prefix(kByteOrderMark.size());
    choice = trimSpaces(choice);
    if (!choice.empty() && choice[0] != '#') choices.emplace_back(choice);
  }
  if (stream.bad())
    throw Error(ErrorKind::Io, fmt::format("The wildcard file \"{}\" could not be read", file.string()));
  return choices;
}

}  // namespace

WildcardFolder::WildcardFolder(const fs::path& folder) : path_(folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw Error(ErrorKind::NotFound, fmt::format("The wildcard folder \"{}\" does not exist", folder.string()));
  fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
  for (; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    const fs::path& file = it->path();
    if (file.extension() != ".txt" || !it->is_regular_file(ignored)) continue;
    fs::path name = file.lexically_relative(folder);
    entries_[name.replace_extension().generic_string()].file = file;
  }
  if (error)
    throw Error(ErrorKind::Io,
                fmt::format("The wildcard folder \"{}\" could not be listed: {}", folder.string(), error.message()));
}

std::vector<std::string> WildcardFolder::names() const {
  std::vector<std::string> names;
  names.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

std::vector<std::string> WildcardFolder::matching(std::string_view pattern) const {
  std::vector<std::string> result;
  for (const auto& [name, entry] : entries_)
    if (fits(pattern, name)) result.push_back(name);
  return result;
}

const std::vector<std::string>& WildcardFolder::choices(const std::string& name) {
  const auto it = entries_.find(name);
  CHECK(it != entries_.end());
  Entry& entry = it->second;
  if (!entry.isRead) entry.choices = readChoices(entry.file);
  entry.isRead = true;
  return entry.choices;
}

}  // namespace lorikeet
