#pragma once
#include <stdexcept>
#include <string>
#include <utility>

namespace lorikeet {

/// What went wrong, coarse enough to choose an exit code, an icon or a remedy from.
enum class ErrorKind {
  InvalidArgument,  ///< a setting out of range, an unknown name, a size that is no multiple of 8
  NotFound,         ///< a file, folder, tensor or adapter that is not there
  Corrupt,          ///< a file whose bytes contradict its format
  Unsupported,      ///< well formed, but something Lorikeet does not read
  Mismatch,         ///< two things that do not fit together: shapes, base families, embedding widths
  Io,               ///< reading or writing failed: permissions, disk full
  OutOfMemory,
};

/// A failure that the user can do something about. what() is one clear sentence that names the file or setting, what
/// was expected and what was found; details() may hold more lines (lists of keys, a path) for a "Details" button.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message, std::string details = {})
      : std::runtime_error(message), kind_(kind), details_(std::move(details)) {}
  ErrorKind kind() const { return kind_; }
  const std::string& details() const { return details_; }

 private:
  ErrorKind kind_;
  std::string details_;
};

}  // namespace lorikeet
