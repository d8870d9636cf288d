#pragma once
#include <cstdint>
#include <filesystem>

namespace lorikeet {

/// What tells whether something on disk is still as it was when it was read.
struct FileStamp {
  uint64_t size = 0;    ///< bytes of a file, number of entries in and below a folder
  int64_t changed = 0;  ///< time of the latest change, in ticks of the file system's clock

  bool operator==(const FileStamp&) const = default;
};

/// The stamp of a file, or of a folder with all that is in it; zeros where there is nothing. Does not throw.
FileStamp fileStamp(const std::filesystem::path& path);

/// Bytes of a file, or of all files in and below a folder; 0 where there is nothing. Does not throw.
int64_t bytesOnDisk(const std::filesystem::path& path);

}  // namespace lorikeet
