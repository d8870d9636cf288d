#include "io/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <lorikeet/error.h>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "core/check.h"

namespace lorikeet {
namespace {

/// Writes at most this much in one call, so that a signal or a full disk is noticed in time.
constexpr size_t kMaxWrite = size_t{16} << 20;

std::filesystem::path temporaryName(const std::filesystem::path& target, int attempt) {
  static std::atomic<unsigned> counter{0};
  const auto name =
      fmt::format(".{}.{}-{}-{}.part", target.filename().string().substr(0, 180), getpid(), counter++, attempt);
  return target.parent_path() / name;
}

/// Makes the renaming itself durable. Some file systems cannot sync folders, which is no reason to fail.
void syncFolderOf(const std::filesystem::path& target) {
  const auto folder = target.parent_path().empty() ? std::filesystem::path(".") : target.parent_path();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
  if (target_.filename().empty()) fail(EISDIR);
  for (int attempt = 0; descriptor_ < 0; ++attempt) {
    temporary_ = temporaryName(target_, attempt);
    descriptor_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && (errno != EEXIST || attempt == 100)) fail(errno);
  }
}

AtomicFile::AtomicFile(std::filesystem::path target, std::filesystem::path partial, uint64_t validBytes)
    : target_(std::move(target)), temporary_(std::move(partial)), isKept_(true) {
  descriptor_ = open(temporary_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail(errno);
  const off_t there = lseek(descriptor_, 0, SEEK_END);
  if (there >= 0 && static_cast<uint64_t>(there) >= validBytes) size_ = validBytes;
  const auto begin = static_cast<off_t>(size_);
  if (there < 0 || ftruncate(descriptor_, begin) != 0 || lseek(descriptor_, begin, SEEK_SET) != begin) fail(errno);
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::sync() {
  CHECK(descriptor_ >= 0);
  if (fdatasync(descriptor_) != 0) fail(errno);
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  CHECK(descriptor_ >= 0);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), std::min(bytes.size(), kMaxWrite));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    bytes = bytes.subspan(static_cast<size_t>(written));
    size_ += static_cast<size_t>(written);
  }
}

void AtomicFile::commit() {
  CHECK(descriptor_ >= 0);
  if (fsync(descriptor_) != 0) fail(errno);
  giveName();
  syncFolderOf(target_);
}

void AtomicFile::commitUnsynced() {
  CHECK(descriptor_ >= 0);
  giveName();
}

void AtomicFile::giveName() {
  const int closed = close(descriptor_);
  descriptor_ = -1;
  if (closed != 0 || rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int code = errno;
    if (!isKept_) unlink(temporary_.c_str());
    fail(code);
  }
  temporary_.clear();
}

void AtomicFile::fail(int code) {
  discard();
  throw Error(ErrorKind::Io, fmt::format("Cannot write \"{}\": {}.", target_.string(), std::strerror(code)));
}

void AtomicFile::discard() noexcept {
  if (descriptor_ < 0) return;
  close(descriptor_);
  descriptor_ = -1;
  if (!isKept_) unlink(temporary_.c_str());
}

void writeFileAtomically(const std::filesystem::path& target, std::span<const std::byte> bytes) {
  AtomicFile file(target);
  file.write(bytes);
  file.commit();
}

}  // namespace lorikeet
