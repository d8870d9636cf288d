#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace lorikeet {

/// A file mapped read-only into memory: only the pages that are looked at are read from disk. The bytes stay valid
/// while the object lives, also when the file is renamed or deleted meanwhile. Thread-safe after opening.
class MappedFile {
 public:
  /// Throws Error(NotFound | Io) with the path and the system's reason.
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }

 private:
  MappedFile(std::filesystem::path path, const std::byte* data, size_t size);
  std::filesystem::path path_;
  const std::byte* data_;
  size_t size_;
};

/// Whether these bytes lie in the mapping of a file.
bool isMapped(std::span<const std::byte> bytes);

/// Asks the system to read these bytes of a mapped file ahead. Bytes that lie elsewhere are left alone.
void prefetchPages(std::span<const std::byte> bytes);

/// Gives the whole pages under these bytes of a mapped file back to the system, so that a checkpoint that has been
/// packed no longer counts as resident memory; a later look reads them again. Bytes that lie elsewhere are left alone.
void releasePages(std::span<const std::byte> bytes);

}  // namespace lorikeet
