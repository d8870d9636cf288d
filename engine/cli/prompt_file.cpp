#include "cli/prompt_file.h"

#include <fmt/format.h>

#include "cli/text_file.h"
#include "lorikeet/error.h"

namespace lorikeet::cli {

namespace {
constexpr uintmax_t kMaxPromptFileBytes = uintmax_t{64} << 20;
}

std::vector<std::string> readPromptFile(const std::filesystem::path& file) {
  std::ifstream stream = openTextFile(file);
  std::error_code failed;
  const uintmax_t byteSize = std::filesystem::file_size(file, failed);
  if (failed) throw Error(ErrorKind::Io, fmt::format("\"{}\" cannot be read.", file.string()));
  if (byteSize > kMaxPromptFileBytes)
    throw Error(ErrorKind::InvalidArgument, fmt::format("\"{}\" is larger than 64 MiB.", file.string()));
  std::vector<std::string> prompts;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (line.ends_with('\r')) line.pop_back();
    const size_t text = line.find_first_not_of(" \t");
    if (text != std::string::npos && line[text] != '#') prompts.push_back(std::move(line));
  }
  if (prompts.empty())
    throw Error(ErrorKind::InvalidArgument, fmt::format("\"{}\" has no prompt in it.", file.string()));
  return prompts;
}

}  // namespace lorikeet::cli
