#pragma once
#include <filesystem>
#include <string>

namespace lorikeet {

/// What a trainer called the adapter ("ss_output_name" of a safetensors file); empty where the file does not say so or
/// cannot be read. Files read before are not read again while they stay as they are. Safe on any thread.
std::string outputNameOf(const std::filesystem::path& file);

}  // namespace lorikeet
