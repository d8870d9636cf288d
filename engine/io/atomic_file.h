#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace lorikeet {

/// Writes a file so that its name never shows anything half done: the bytes go to a hidden temporary file in the same
/// folder, which commit() flushes to disk and renames. Without commit() the temporary file is removed and an older file
/// of that name stays as it was. All members throw Error(Io) with the target's path and the system's reason.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  /// Goes on with what an earlier one left in `partial`, of which the first `validBytes` count; without such a file or
  /// with a shorter one begins anew (see size()). The partial file stays unless it is committed or discarded.
  AtomicFile(std::filesystem::path target, std::filesystem::path partial, uint64_t validBytes);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  void commit();
  /// The same for what can be made again: a crash of the system may leave damaged bytes under the name.
  void commitUnsynced();
  /// Bytes that are there already, of an earlier one and this one.
  uint64_t size() const { return size_; }
  /// Puts what was written so far on disk, so that it counts after a crash.
  void sync();

 private:
  [[noreturn]] void fail(int code);
  void giveName();
  void discard() noexcept;
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  uint64_t size_ = 0;
  bool isKept_ = false;  ///< the temporary file outlives this object
  int descriptor_ = -1;
};

/// A whole file in one call.
void writeFileAtomically(const std::filesystem::path& target, std::span<const std::byte> bytes);

}  // namespace lorikeet
