#pragma once
#include <cstdint>
#include <filesystem>

namespace lorikeet {

/// Models are kept on disk in the form in which the engine computes with them, so that the next load only maps a file.
/// Nothing is lost with these files: a model whose file is missing, damaged or out of date is prepared again. Where the
/// folder would grow beyond its limit, the files that were not used for the longest time go.
struct PreparedFolder {
  std::filesystem::path folder;        ///< userCacheFolder()/prepared
  int64_t limitBytes = 8'000'000'000;  ///< 0: nothing is kept
  int fileCount = 0;
  int64_t byteSize = 0;
};

/// What is kept there now. Does not throw.
PreparedFolder preparedFolder();
/// Sets the limit for all programs of this user, from their next model on, and deletes what is beyond it. Throws
/// Error(InvalidArgument) below 0, Error(Io).
void setPreparedLimit(int64_t limitBytes);
/// Deletes the files; programs that use some of them go on doing so. Throws Error(Io) if one cannot be deleted.
void clearPrepared();

}  // namespace lorikeet
