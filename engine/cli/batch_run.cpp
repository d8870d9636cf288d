#include "cli/batch_run.h"

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/picture_names.h"
#include "cli/request_warnings.h"

namespace lorikeet::cli {

namespace fs = std::filesystem;

int BatchRun::run(std::stop_token stop) {
  const BatchFile batch = readBatch(options_.jobs, options_.shard);
  prepareFolder(options_.folder);
  for (const BatchProblem& problem : batch.problems) note(problem);
  progress_ = std::make_unique<ProgressDisplay>(stderr, static_cast<int>(batch.jobs.size()));
  Engine engine({.threads = options_.threads});
  int index = 0;
  for (const BatchJob& job : batch.jobs) {
    if (stop.stop_requested()) report_.status = Status::Stopped;
    if (report_.status == Status::Stopped) break;
    runJob(engine, job, index++, stop);
  }
  progress_->clear();
  return finish();
}

/// Makes those pictures of a job that are not there yet, in as few calls as possible.
void BatchRun::runJob(Engine& engine, const BatchJob& job, int index, std::stop_token stop) {
  try {
    warn(job);
    for (int first = 0, end = 0; first < job.request.imageCount && report_.status == Status::Done; first = end) {
      const bool there = isThere(job, first);
      for (end = first + 1; end < job.request.imageCount && isThere(job, end) == there;) ++end;
      if (there)
        report_.skipped += end - first;
      else
        makePictures(engine, job, index, first, end - first, stop);
    }
  } catch (const Error& error) {
    if (writeError_) std::rethrow_exception(writeError_);
    note({job.line, error.kind(), error.what()});
  }
}

void BatchRun::makePictures(Engine& engine, const BatchJob& job, int index, int first, int count,
                            std::stop_token stop) {
  GenerateRequest request = job.request;
  const PictureSeeds seeds = seedsOf(job.request, first);
  request.seed = seeds.seed;
  request.variation.seed = seeds.variation;
  request.imageCount = count;
  GenerateCallbacks callbacks;
  callbacks.progress = [&](const Progress& progress) { progress_->show(index, progress); };
  callbacks.picture = [this](int, const GenerateRequest& picture) { picture_ = picture; };
  callbacks.image = [&](int imageIndex, const Image& image) { writePicture(job, first + imageIndex, image); };
  const GenerateResult result = engine.generate(request, callbacks, stop);
  report_.status = result.status;
  report_.elapsedMs += result.elapsedMs;
}

void BatchRun::writePicture(const BatchJob& job, int imageIndex, const Image& image) {
  const fs::path file = options_.folder / job.pictureName(imageIndex);
  try {
    writer_.write(file, picture_, image);
  } catch (const Error&) {
    writeError_ = std::current_exception();
    throw;
  }
  report_.pictures.push_back({job.line, {file, picture_.prompt, picture_.seed, image.width, image.height}});
  if (json_) return;
  progress_->clear();
  fmt::print("{}\n", file.string());
  std::fflush(stdout);
}

/// Pictures are renamed into place when they are complete: one that is there is whole.
bool BatchRun::isThere(const BatchJob& job, int imageIndex) const {
  std::error_code failed;
  return options_.resume && fs::is_regular_file(options_.folder / job.pictureName(imageIndex), failed);
}

void BatchRun::note(const BatchProblem& problem) {
  report_.problems.push_back(problem);
  if (progress_) progress_->clear();
  fmt::print(stderr, "lorikeet-cli: {}, line {}: {}\n", options_.jobs.string(), problem.line, problem.message);
}

void BatchRun::warn(const BatchJob& job) {
  for (const std::string& warning : requestWarnings(job.request)) {
    report_.warnings.push_back({job.line, warning});
    progress_->clear();
    fmt::print(stderr, "lorikeet-cli: {}, line {}: {}\n", options_.jobs.string(), job.line, warning);
  }
}

int BatchRun::finish() {
  const bool stopped = report_.status == Status::Stopped;
  if (json_) fmt::print("{}\n", batchReport(report_));
  fmt::print(stderr, "lorikeet-cli: {}; pictures made: {}, already there: {}, bad lines: {}\n",
             stopped ? "stopped" : "done", report_.pictures.size(), report_.skipped, report_.problems.size());
  if (stopped) return kStopped;
  return report_.problems.empty() ? kDone : kFailed;
}

}  // namespace lorikeet::cli
