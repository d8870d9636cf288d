#pragma once
#include <lorikeet/adapter_tags.h>

#include <filesystem>
#include <string>
#include <vector>

#include "text/extra_networks.h"

namespace lorikeet {

/// The folders that are looked in where a person chose these; an empty name and an empty list mean the default one.
std::vector<std::filesystem::path> adapterFoldersOf(const std::vector<std::filesystem::path>& chosen);

/// Which of several files that differ by their extension alone is taken, the lowest; -1: not an adapter's extension.
int rankOfAdapterExtension(const std::filesystem::path& file);

/// Those that a name in a tag or in a picture's settings means: by its path below its folder, else by its file's name,
/// each with or without extension, else by what it was made as ("ss_output_name").
std::vector<NamedAdapter> adaptersNamed(const std::vector<NamedAdapter>& all, const std::string& name);

/// What a tag says of an adapter.
AdapterUse adapterUseOf(const LoraTag& tag, std::filesystem::path file);

}  // namespace lorikeet
