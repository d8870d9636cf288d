#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet {

/// The wildcards of a folder: NAME.txt, also in folders below ("animals/cats"), one choice a line. Blank lines and
/// lines that begin with # are no choices. Files are listed at once and read when they are asked for. Not thread-safe.
class WildcardFolder {
 public:
  /// A folder without wildcards.
  WildcardFolder() = default;
  /// Throws Error(NotFound) if the folder does not exist.
  explicit WildcardFolder(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return path_; }
  size_t size() const { return entries_.size(); }
  /// Sorted names, for completion.
  std::vector<std::string> names() const;
  /// The names that fit a pattern, in which * stands for any characters; a plain name fits itself.
  std::vector<std::string> matching(std::string_view pattern) const;
  /// The choices of a wildcard whose name matching() gave. Throws Error(Io | Corrupt) if the file cannot be read or is
  /// larger than 16 MiB.
  const std::vector<std::string>& choices(const std::string& name);

 private:
  struct Entry {
    std::filesystem::path file;
    bool isRead = false;
    std::vector<std::string> choices;
  };
  std::filesystem::path path_;
  std::map<std::string, Entry> entries_;
};

}  // namespace lorikeet
