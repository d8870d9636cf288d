#pragma once
#include <filesystem>
#include <fstream>

namespace lorikeet::cli {

/// Opens a text file that the command line names. Throws Error(NotFound | Io), the latter for a folder as well.
std::ifstream openTextFile(const std::filesystem::path& file);

}  // namespace lorikeet::cli
