#include "studio/storage/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <QFile>
#include <cerrno>
#include <utility>

namespace lorikeet {

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::Outcome FileLock::take(const QString& file) {
  const int descriptor = ::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return Outcome::Unusable;
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = descriptor;
    return Outcome::Taken;
  }
  const bool isHeld = errno == EWOULDBLOCK;
  close(descriptor);
  return isHeld ? Outcome::HeldByOther : Outcome::Unusable;
}

}  // namespace lorikeet
