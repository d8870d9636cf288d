#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace lorikeet::cli {

/// The prompts of a text file, one a line; blank lines and lines that begin with # are passed over. Throws Error
/// (NotFound | Io) for a file that cannot be read and Error(InvalidArgument) for one without a prompt.
std::vector<std::string> readPromptFile(const std::filesystem::path& file);

}  // namespace lorikeet::cli
