#include "cli/text_file.h"

#include <fmt/format.h>

#include "lorikeet/error.h"

namespace lorikeet::cli {

std::ifstream openTextFile(const std::filesystem::path& file) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed))
    throw Error(ErrorKind::NotFound, fmt::format("There is no file \"{}\".", file.string()));
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file, failed))
    throw Error(ErrorKind::Io, fmt::format("\"{}\" cannot be read.", file.string()));
  return stream;
}

}  // namespace lorikeet::cli
