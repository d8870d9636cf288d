#include "workshop/output_folder.h"

#include <fmt/format.h>
#include <lorikeet/error.h>
#include <unistd.h>

#include <atomic>

namespace lorikeet {
namespace fs = std::filesystem;

OutputFolder::OutputFolder(fs::path target, const fs::path& kept) : target_(std::move(target)), isKept_(!kept.empty()) {
  static std::atomic<unsigned> counter{0};
  if (!target_.has_filename()) target_ = target_.parent_path();
  std::error_code failed;
  if (fs::exists(target_, failed) && !(fs::is_directory(target_, failed) && fs::is_empty(target_, failed)))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("\"{}\" is there already; choose a name for a new folder.", target_.string()));
  const fs::path hidden =
      isKept_ ? kept
              : target_.parent_path() / fmt::format(".{}.{}-{}.part", target_.filename().string(), getpid(), counter++);
  const bool isThere = isKept_ && fs::is_directory(hidden, failed);
  if (!isThere && !fs::create_directory(hidden, failed))
    throw Error(ErrorKind::Io, fmt::format("Cannot write \"{}\": {}.", target_.string(),
                                           failed ? failed.message() : "a folder of that name is in the way"));
  hidden_ = hidden;
}

OutputFolder::~OutputFolder() {
  if (hidden_.empty() || isKept_) return;
  std::error_code ignored;
  fs::remove_all(hidden_, ignored);
}

void OutputFolder::commit() {
  std::error_code failed;
  fs::rename(hidden_, target_, failed);
  if (failed) throw Error(ErrorKind::Io, fmt::format("Cannot write \"{}\": {}.", target_.string(), failed.message()));
  hidden_.clear();
}

}  // namespace lorikeet
