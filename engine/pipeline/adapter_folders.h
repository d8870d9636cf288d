#pragma once
#include <filesystem>
#include <vector>

namespace lorikeet {

/// The folders that are looked in where a person chose these; an empty name and an empty list mean the default one.
std::vector<std::filesystem::path> adapterFoldersOf(const std::vector<std::filesystem::path>& chosen);

/// Which of several files that differ by their extension alone is taken, the lowest; -1: not an adapter's extension.
int rankOfAdapterExtension(const std::filesystem::path& file);

}  // namespace lorikeet
