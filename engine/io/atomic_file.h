#pragma once
#include <cstddef>
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
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  void commit();

 private:
  [[noreturn]] void fail(int code);
  void discard() noexcept;
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
};

/// A whole file in one call.
void writeFileAtomically(const std::filesystem::path& target, std::span<const std::byte> bytes);

}  // namespace lorikeet
