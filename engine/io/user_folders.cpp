#include "lorikeet/user_folders.h"

#include <cstdlib>

namespace lorikeet {
namespace {

/// The specification wants relative paths ignored.
std::filesystem::path folderOf(const char* variable, const std::filesystem::path& belowHome) {
  if (const char* folder = std::getenv(variable); folder != nullptr && *folder == '/')
    return std::filesystem::path(folder) / "lorikeet";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "/" : home) / belowHome / "lorikeet";
}

}  // namespace

std::filesystem::path userCacheFolder() { return folderOf("XDG_CACHE_HOME", ".cache"); }

std::filesystem::path userDataFolder() { return folderOf("XDG_DATA_HOME", ".local/share"); }

}  // namespace lorikeet
