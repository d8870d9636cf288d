#include "lorikeet/file_hashes.h"
#include "io/json_text.h"

#include <fmt/format.h>
#include <lorikeet/adapter_info.h>
#include <lorikeet/starter_parts.h>
#include <lorikeet/user_folders.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "core/message_digest.h"
#include "io/atomic_file.h"
#include "io/file_stamp.h"
#include "io/model_part.h"

namespace lorikeet {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr size_t kModelDigits = 10, kEmbeddingDigits = 12;  // A1111, modules/sd_models.py and textual_inversion.py

/// Read in pieces: a file that shrinks meanwhile ends early instead of taking the program along, as a mapping would.
std::string hashContent(const fs::path& file, const std::stop_token& stop) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(ErrorKind::Io, fmt::format("\"{}\" cannot be read.", file.string()));
  Sha256 hash;
  std::vector<char> piece(size_t{1} << 20);
  while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())) || stream.gcount() > 0) {
    if (stop.stop_requested()) return {};
    hash.add(std::as_bytes(std::span(piece).first(static_cast<size_t>(stream.gcount()))));
  }
  if (stream.bad()) throw Error(ErrorKind::Io, fmt::format("\"{}\" cannot be read.", file.string()));
  return hash.finish();
}

/// The same file in one spelling, wherever the program was started.
std::string spelled(const fs::path& file) {
  std::error_code failed;
  const fs::path absolute = fs::weakly_canonical(file, failed);
  return (failed ? file : absolute).string();
}

}  // namespace

FileHashes::FileHashes(fs::path index) : index_(index.empty() ? userCacheFolder() / "hashes.json" : std::move(index)) {}

std::string FileHashes::model(const fs::path& chosen, const std::stop_token& stop) {
  const fs::path model = starterIfEmpty(chosen);
  std::error_code ignored;
  const fs::path file = fs::is_directory(model, ignored) ? firstWeightFile(model / "unet") : model;
  return find(Kind::File, file, stop).substr(0, kModelDigits);
}

std::string FileHashes::adapter(const fs::path& file, const std::stop_token& stop) {
  return find(Kind::Adapter, file, stop);
}

std::string FileHashes::embedding(const fs::path& file, const std::stop_token& stop) {
  return find(Kind::File, file, stop).substr(0, kEmbeddingDigits);
}

std::string FileHashes::find(Kind kind, const fs::path& file, const std::stop_token& stop) {
  const FileStamp stamp = fileStamp(file);
  const std::string key = (kind == Kind::File ? "file:" : "adapter:") + spelled(file);
  const std::scoped_lock lock(mutex_);
  if (!isLoaded_) load();
  const auto known = entries_.find(key);
  if (known != entries_.end() && known->second.size == stamp.size && known->second.changed == stamp.changed)
    return known->second.hash;
  if (stop.stop_requested()) return {};
  std::string hash = kind == Kind::File ? hashContent(file, stop) : inspectAdapter(file).shortHash;
  if (hash.empty()) return hash;
  if (fileStamp(file) != stamp) return hash;  // written to meanwhile: true for a moment, not to be kept
  entries_[key] = {stamp.size, stamp.changed, hash};
  load();  // what another program found out since
  save();
  return hash;
}

void FileHashes::load() {
  isLoaded_ = true;
  std::ifstream stream(index_, std::ios::binary);
  const json all = parseJson(std::string(std::istreambuf_iterator<char>(stream), {}));
  if (!all.is_object()) return;
  for (const auto& [key, value] : all.items()) {
    const json size = value.is_object() ? value.value("size", json()) : json();
    const json changed = value.is_object() ? value.value("changed", json()) : json();
    const json hash = value.is_object() ? value.value("sha256", json()) : json();
    if (!size.is_number_unsigned() || !changed.is_number_integer() || !hash.is_string()) continue;
    entries_.emplace(key, Entry{size.get<uint64_t>(), changed.get<int64_t>(), hash.get<std::string>()});
  }
}

void FileHashes::save() {
  constexpr size_t kMany = 4096;
  if (entries_.size() > kMany)
    std::erase_if(entries_, [](const auto& entry) {
      std::error_code ignored;
      return !fs::exists(entry.first.substr(entry.first.find(':') + 1), ignored);
    });
  json all = json::object();
  for (const auto& [key, entry] : entries_)
    all[key] = {{"size", entry.size}, {"changed", entry.changed}, {"sha256", entry.hash}};
  try {
    std::error_code ignored;
    fs::create_directories(index_.parent_path(), ignored);
    const std::string text = dumpJson(all, 1);
    writeFileAtomically(index_, std::as_bytes(std::span(text)));
  } catch (const Error&) {
    // A cache that cannot be kept is no loss.
  }
}

}  // namespace lorikeet
