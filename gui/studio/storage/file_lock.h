#pragma once
#include <QString>

namespace lorikeet {

/// Holds a lock file for this program. The system frees it when the program ends, however it ends, so that none is left
/// behind; the empty file itself stays.
class FileLock {
 public:
  enum class Outcome { Taken, HeldByOther, Unusable };

  FileLock() = default;
  ~FileLock();
  FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FileLock& operator=(FileLock&& other) noexcept;

  /// Does not wait.
  Outcome take(const QString& file);

 private:
  int descriptor_ = -1;
};

}  // namespace lorikeet
