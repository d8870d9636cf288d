#include "text/embedding_folder.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "io/lower_extension.h"
#include "text/textual_inversion.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
constexpr std::uintmax_t kMaxEmbeddingBytes = std::uintmax_t(64) << 20;  // larger files are models or adapters

struct KnownFile {
  std::uintmax_t byteSize = 0;
  fs::file_time_type changed;
  std::optional<EmbeddingEntry> entry;  ///< nothing: it is no embedding, such as a preview picture
};

bool hasExtension(const fs::path& file, std::initializer_list<const char*> extensions) {
  return std::find(extensions.begin(), extensions.end(), lowerExtension(file)) != extensions.end();
}

bool isPicture(const fs::path& file) { return hasExtension(file, {".png"}); }

std::optional<EmbeddingEntry> readEntry(const fs::path& file) {
  try {
    return readEmbeddingEntry(file);
  } catch (const Error& error) {
    if (isPicture(file)) return std::nullopt;
    EmbeddingEntry entry;
    entry.path = file;
    entry.name = file.stem().string();
    entry.triggers = {entry.name};
    entry.vectorCount = 1;
    entry.problem = error.what();
    return entry;
  }
}

std::vector<fs::path> filesOf(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw Error(ErrorKind::NotFound, fmt::format("The embedding folder \"{}\" does not exist", folder.string()));
  std::vector<fs::path> files;
  fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
  for (; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (hasExtension(it->path(), {".pt", ".bin", ".safetensors", ".png"}) && it->is_regular_file(ignored) &&
        it->file_size(ignored) <= kMaxEmbeddingBytes)
      files.push_back(it->path());
  }
  if (error)
    throw Error(ErrorKind::Io,
                fmt::format("The embedding folder \"{}\" could not be listed: {}", folder.string(), error.message()));
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

EmbeddingEntry readEmbeddingEntry(const fs::path& file) {
  const TextualInversion read = readTextualInversion(file);
  return {file, read.name, read.triggers, read.vectorCount, read.width, {}, {}};
}

std::vector<EmbeddingEntry> listEmbeddingFolder(const fs::path& folder) {
  static std::mutex mutex;
  static std::map<fs::path, KnownFile> known;
  const std::vector<fs::path> files = filesOf(folder);
  const std::lock_guard lock(mutex);
  std::map<fs::path, KnownFile> current;
  std::vector<EmbeddingEntry> entries;
  for (const fs::path& file : files) {
    std::error_code failed;
    KnownFile now{fs::file_size(file, failed), fs::last_write_time(file, failed), {}};
    const auto before = known.find(file);
    const bool same = !failed && before != known.end() && before->second.byteSize == now.byteSize &&
                      before->second.changed == now.changed;
    now.entry = same ? before->second.entry : readEntry(file);
    if (now.entry) entries.push_back(*now.entry);
    current.emplace(file, std::move(now));
  }
  known = std::move(current);
  return entries;
}

}  // namespace lorikeet
