#pragma once
#include <filesystem>
#include <string>

namespace lorikeet {

/// ".png" of "PICTURE.PNG".
std::string lowerExtension(const std::filesystem::path& file);

}  // namespace lorikeet
