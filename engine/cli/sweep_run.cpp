#include "cli/sweep_run.h"

#include <fmt/format.h>

#include <set>

#include "cli/batch_jobs.h"
#include "cli/picture_names.h"
#include "lorikeet/picture_io.h"

namespace lorikeet::cli {

namespace fs = std::filesystem;

SweepRun::SweepRun(const SweepOptions& options, bool json)
    : options_(options), json_(json), writer_(options.generate.writing) {}

int SweepRun::run(std::stop_token stop) {
  prepare();
  progress_ = std::make_unique<ProgressDisplay>(stderr, static_cast<int>(plan_.cells.size()), "picture");
  Engine engine({.threads = options_.generate.threads});
  int index = 0;
  for (const SweepCell& cell : plan_.cells) {
    if (stop.stop_requested()) report_.status = Status::Stopped;
    if (report_.status == Status::Stopped) break;
    if (isThere(cell))
      ++report_.skipped;
    else
      makePicture(engine, cell, index, stop);
    ++index;
  }
  progress_->clear();
  if (report_.status == Status::Done) writeGrid();
  return finish();
}

/// Whatever can be refused is refused before time is spent on a picture.
void SweepRun::prepare() {
  if (options_.generate.prompts.size() > 1)
    throw Error(ErrorKind::InvalidArgument,
                "A sweep takes one prompt; an axis prompt=OLD,NEW,... changes a part of it.");
  base_ = requestFor(options_.generate, options_.generate.prompts.front());
  validate(base_);
  x_ = parseSweepAxis(options_.x);
  if (!options_.y.empty()) y_ = parseSweepAxis(options_.y);
  plan_ = planSweep(base_, x_, y_);
  std::set<std::pair<std::string, std::string>> checked;
  for (const SweepCell& cell : plan_.cells)
    if (checked.emplace(cell.request.prompt, cell.request.negativePrompt).second) checkPrompts(cell.request);
  writer_.model(base_);
  prepareFolder(options_.folder);
}

void SweepRun::makePicture(Engine& engine, const SweepCell& cell, int index, std::stop_token stop) {
  GenerateRequest picture;  // with its choices made
  GenerateCallbacks callbacks;
  callbacks.progress = [&](const Progress& progress) { progress_->show(index, progress); };
  callbacks.picture = [&](int, const GenerateRequest& made) { picture = made; };
  callbacks.image = [&](int, const Image& image) { writePicture(cell, picture, image); };
  try {
    const GenerateResult result = engine.generate(cell.request, callbacks, stop, &memory_);
    report_.status = result.status;
    report_.encodedTexts += result.encodedTexts;
    report_.replayedSteps += result.replayedSteps;
    report_.elapsedMs += result.elapsedMs;
  } catch (const Error& error) {
    if (writeError_) std::rethrow_exception(writeError_);
    note(cell, error);
  }
}

void SweepRun::writePicture(const SweepCell& cell, const GenerateRequest& picture, const Image& image) {
  const fs::path file = fileOf(cell);
  try {
    writer_.write(file, picture, image);
  } catch (const Error&) {
    writeError_ = std::current_exception();
    throw;
  }
  report_.pictures.push_back({plan_.labelOf(cell), {file, picture.prompt, picture.seed, image.width, image.height}});
  if (json_) return;
  progress_->clear();
  fmt::print("{}\n", file.string());
  std::fflush(stdout);
}

/// Reads the pictures back one by one: all of them together may not fit into the memory.
void SweepRun::writeGrid() {
  std::optional<SweepGrid> grid;
  PictureFacts facts;
  for (const SweepCell& cell : plan_.cells) {
    std::error_code failed;
    if (!fs::is_regular_file(fileOf(cell), failed)) continue;
    try {
      const Image picture = loadPicture(fileOf(cell)).image;
      if (!grid) facts = writer_.factsFor(base_, picture.width, picture.height);
      if (!grid) grid.emplace(plan_, picture.width, picture.height);
      grid->place(cell.column, cell.row, picture);
    } catch (const Error& error) {
      note(cell, error);
    }
  }
  if (!grid) return;
  std::string all;
  for (const SweepCell& cell : plan_.cells) all += requestDigest(cell.request);
  report_.grid = options_.folder / fmt::format("grid-{}.png", textDigest(all).substr(0, 8));
  writer_.writeWith(report_.grid, grid->image(), sweepInfotext(base_, x_, y_, facts));
  if (!json_) fmt::print("{}\n", report_.grid.string());
}

/// ROW-COLUMN-SEED-DIGEST.png: the same name for the same settings, so that a finished picture can be told.
fs::path SweepRun::fileOf(const SweepCell& cell) const {
  return options_.folder / fmt::format("{:03}-{:03}-{}-{}.png", cell.row + 1, cell.column + 1, cell.request.seed,
                                       requestDigest(cell.request).substr(0, 8));
}

/// Pictures are renamed into place when they are complete: one that is there is whole.
bool SweepRun::isThere(const SweepCell& cell) const {
  std::error_code failed;
  return options_.resume && fs::is_regular_file(fileOf(cell), failed);
}

void SweepRun::note(const SweepCell& cell, const Error& error) {
  report_.problems.push_back({plan_.labelOf(cell), error.kind(), error.what()});
  progress_->clear();
  fmt::print(stderr, "lorikeet-cli: {}: {}\n", plan_.labelOf(cell), error.what());
}

int SweepRun::finish() {
  const bool stopped = report_.status == Status::Stopped;
  if (json_) fmt::print("{}\n", sweepReport(report_));
  fmt::print(stderr, "lorikeet-cli: {}; pictures made: {}, already there: {}, failed: {}{}\n",
             stopped ? "stopped" : "done", report_.pictures.size(), report_.skipped, report_.problems.size(),
             stopped ? "; --resume goes on" : "");
  if (stopped) return kStopped;
  return report_.problems.empty() ? kDone : kFailed;
}

}  // namespace lorikeet::cli
