#include "io/file_stamp.h"

#include <algorithm>

namespace lorikeet {
namespace fs = std::filesystem;

FileStamp fileStamp(const fs::path& path) {
  std::error_code ignored;
  const auto timeOf = [&](const fs::path& one) -> int64_t {
    return fs::exists(one, ignored) ? fs::last_write_time(one, ignored).time_since_epoch().count() : 0;
  };
  if (!fs::is_directory(path, ignored)) {
    const bool isFile = fs::is_regular_file(path, ignored);
    return {isFile ? fs::file_size(path, ignored) : 0, timeOf(path)};
  }
  FileStamp stamp{0, timeOf(path)};
  for (fs::recursive_directory_iterator it(path, ignored), end; !ignored && it != end; it.increment(ignored)) {
    ++stamp.size;
    stamp.changed = std::max(stamp.changed, timeOf(it->path()));
  }
  return stamp;
}

int64_t bytesOnDisk(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) return static_cast<int64_t>(fs::file_size(path, ignored));
  int64_t sum = 0;
  for (fs::recursive_directory_iterator entry(path, ignored), end; !ignored && entry != end; entry.increment(ignored))
    if (entry->is_regular_file(ignored)) sum += static_cast<int64_t>(entry->file_size(ignored));
  return sum;
}

}  // namespace lorikeet
