#pragma once
#include <filesystem>

namespace lorikeet {

/// Lorikeet's folders of the person who runs it, after the XDG base directory specification: $XDG_CACHE_HOME/lorikeet
/// or
/// ~/.cache/lorikeet, and $XDG_DATA_HOME/lorikeet or ~/.local/share/lorikeet. They need not exist.
std::filesystem::path userCacheFolder();
std::filesystem::path userDataFolder();

}  // namespace lorikeet
