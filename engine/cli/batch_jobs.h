#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lorikeet/error.h"
#include "lorikeet/request.h"

namespace lorikeet::cli {

/// FNV-1a of a text, 16 hexadecimal digits: enough to tell the requests of one place and seed from each other.
std::string textDigest(const std::string& text);
/// Of all settings of a request but the number of pictures; names files.
std::string requestDigest(const GenerateRequest& request);

/// One line of a batch file that asks for pictures.
struct BatchJob {
  int64_t line = 0;  ///< from 1
  GenerateRequest request;
  std::string digest;  ///< of all settings but the number of pictures; names the files

  /// LINE-SEED-DIGEST.png: the same name for the same settings, so that a finished picture can be told.
  std::string pictureName(int imageIndex) const;
};

/// A line that gave no picture, or not all of them.
struct BatchProblem {
  int64_t line = 0;
  ErrorKind kind = ErrorKind::InvalidArgument;
  std::string message;
};

/// What a line says that is not done as it is written.
struct BatchWarning {
  int64_t line = 0;
  std::string message;
};

/// The share of a batch that one of several runs does: of the lines that are not blank, every count-th from the
/// index-th on.
struct BatchShard {
  int64_t index = 1;  ///< 1..count
  int64_t count = 1;
};

struct BatchFile {
  std::vector<BatchJob> jobs;
  std::vector<BatchProblem> problems;
};

/// Reads the lines of a shard: one JSON request each (lorikeet/request_json.h), blank lines are passed over. Lines that
/// are no valid request become problems. Throws Error(NotFound | Io) for a file that cannot be read.
BatchFile readBatch(const std::filesystem::path& file, const BatchShard& shard);

/// Reads "I/N". Throws Error(InvalidArgument).
BatchShard parseShard(const std::string& text);

}  // namespace lorikeet::cli
