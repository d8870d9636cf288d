#include "io/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lorikeet/error.h>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>

namespace lorikeet {
namespace {

/// The mappings that are alive, so that advice is only ever given on pages of files.
struct Mappings {
  std::mutex mutex;
  std::map<const std::byte*, size_t> sizes;
};

Mappings& mappings() {
  // Never destroyed: an engine in a static variable gives its files back after main().
  static Mappings& instance = *new Mappings;
  return instance;
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int value) : value_(value) {}
  ~FileDescriptor() {
    if (value_ >= 0) close(value_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

[[noreturn]] void failWithErrno(const std::filesystem::path& path) {
  const int code = errno;
  const ErrorKind kind = code == ENOENT || code == ENOTDIR ? ErrorKind::NotFound : ErrorKind::Io;
  throw Error(kind, fmt::format("Cannot open \"{}\": {}.", path.string(), std::strerror(code)));
}

uintptr_t pageSize() {
  static const auto size = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace

bool isMapped(std::span<const std::byte> bytes) {
  Mappings& known = mappings();
  const std::lock_guard lock(known.mutex);
  auto next = known.sizes.upper_bound(bytes.data());
  if (next == known.sizes.begin()) return false;
  const auto& [start, size] = *std::prev(next);
  return bytes.data() + bytes.size() <= start + size;
}

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) failWithErrno(path);
  struct stat status = {};
  if (fstat(file.get(), &status) != 0) failWithErrno(path);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorKind::Io, fmt::format("Cannot read \"{}\": it is not a regular file.", path.string()));
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return std::shared_ptr<const MappedFile>(new MappedFile(path, nullptr, 0));
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) failWithErrno(path);
  return std::shared_ptr<const MappedFile>(new MappedFile(path, static_cast<const std::byte*>(data), size));
}

MappedFile::MappedFile(std::filesystem::path path, const std::byte* data, size_t size)
    : path_(std::move(path)), data_(data), size_(size) {
  if (data_ == nullptr) return;
  Mappings& known = mappings();
  const std::lock_guard lock(known.mutex);
  known.sizes[data_] = size_;
}

MappedFile::~MappedFile() {
  if (data_ == nullptr) return;
  Mappings& known = mappings();
  const std::lock_guard lock(known.mutex);
  known.sizes.erase(data_);
  munmap(const_cast<std::byte*>(data_), size_);
}

void prefetchPages(std::span<const std::byte> bytes) {
  if (bytes.empty() || !isMapped(bytes)) return;
  const auto begin = reinterpret_cast<uintptr_t>(bytes.data()) / pageSize() * pageSize();
  const auto end = reinterpret_cast<uintptr_t>(bytes.data() + bytes.size());
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_WILLNEED);
}

void releasePages(std::span<const std::byte> bytes) {
  if (bytes.empty() || !isMapped(bytes)) return;
  const auto begin = (reinterpret_cast<uintptr_t>(bytes.data()) + pageSize() - 1) / pageSize() * pageSize();
  const auto end = reinterpret_cast<uintptr_t>(bytes.data() + bytes.size()) / pageSize() * pageSize();
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace lorikeet
