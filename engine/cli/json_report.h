#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/batch_jobs.h"
#include "lorikeet/error.h"
#include "lorikeet/memory_estimate.h"
#include "lorikeet/model_info.h"
#include "lorikeet/request.h"
#include "lorikeet/result.h"

namespace lorikeet::cli {

/// One finished picture of a run.
struct WrittenPicture {
  std::filesystem::path file;
  std::string prompt;
  uint64_t seed = 0;
  int width = 0;
  int height = 0;
};

/// Everything that a run of `generate` tells.
struct GenerateReport {
  Status status = Status::Done;
  ModelInfo model;
  std::vector<WrittenPicture> pictures;
  std::vector<Timing> timings;  ///< summed over the prompts
  std::vector<int> promptTokens;
  std::vector<std::string> warnings;  ///< what of the request is not done as it is written
  double elapsedMs = 0;
  int64_t peakMemoryBytes = 0;
  MemoryEstimate memory;  ///< made before the run
};

/// Everything that a run of `batch` tells.
struct BatchReport {
  struct Picture {
    int64_t line = 0;
    WrittenPicture written;
  };
  Status status = Status::Done;
  std::vector<Picture> pictures;  ///< made by this run
  int64_t skipped = 0;            ///< pictures that were there already
  std::vector<BatchProblem> problems;
  std::vector<BatchWarning> warnings;
  double elapsedMs = 0;
};

/// Everything that a run of `sweep` tells.
struct SweepReport {
  struct Picture {
    std::string cell;  ///< "ink 0.25 · Seed 7"
    WrittenPicture written;
  };
  struct Problem {
    std::string cell;
    ErrorKind kind = ErrorKind::InvalidArgument;
    std::string message;
  };
  Status status = Status::Done;
  std::filesystem::path grid;     ///< empty where none was written
  std::vector<Picture> pictures;  ///< made by this run
  int64_t skipped = 0;            ///< pictures that were there already
  std::vector<Problem> problems;
  int64_t encodedTexts = 0;
  int64_t replayedSteps = 0;
  double elapsedMs = 0;
};

/// What --json prints; README.md and the man page describe the fields. Text that is no UTF-8 is made so.
std::string generateReport(const GenerateReport& report);
std::string batchReport(const BatchReport& report);
std::string sweepReport(const SweepReport& report);
std::string errorReport(std::string_view kind, std::string_view message);
/// "invalid argument", "not found" ...
std::string errorKindName(ErrorKind kind);

}  // namespace lorikeet::cli
