#pragma once
#include <exception>
#include <stop_token>

#include "cli/batch_jobs.h"
#include "cli/json_report.h"
#include "cli/picture_writer.h"
#include "cli/progress_display.h"
#include "lorikeet/engine.h"

namespace lorikeet::cli {

/// What the options of `batch` say.
struct BatchOptions {
  std::filesystem::path jobs;
  std::filesystem::path folder;
  BatchShard shard;
  bool resume = false;
  WritingOptions writing;
  int threads = 0;
};

/// One run of `batch`: the jobs in turn, each picture written as soon as it is finished. A job that fails is reported
/// with its line and the others go on; a picture that cannot be written ends the run.
class BatchRun {
 public:
  BatchRun(const BatchOptions& options, bool json) : options_(options), json_(json), writer_(options.writing) {}

  /// Returns an exit code. Throws Error.
  int run(std::stop_token stop);

 private:
  void runJob(Engine& engine, const BatchJob& job, int index, std::stop_token stop);
  void makePictures(Engine& engine, const BatchJob& job, int index, int first, int count, std::stop_token stop);
  void writePicture(const BatchJob& job, int imageIndex, const Image& image);
  void note(const BatchProblem& problem);
  void warn(const BatchJob& job);
  bool isThere(const BatchJob& job, int imageIndex) const;
  int finish();

  const BatchOptions& options_;
  bool json_;
  PictureWriter writer_;
  std::unique_ptr<ProgressDisplay> progress_;
  BatchReport report_;
  GenerateRequest picture_;  ///< the request of the picture that is being made
  std::exception_ptr writeError_;
};

}  // namespace lorikeet::cli
