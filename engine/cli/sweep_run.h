#pragma once
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "cli/generate_options.h"
#include "cli/json_report.h"
#include "cli/picture_writer.h"
#include "cli/progress_display.h"
#include "lorikeet/engine.h"
#include "lorikeet/sweep.h"

namespace lorikeet::cli {

/// What the options of `sweep` say.
struct SweepOptions {
  GenerateOptions generate;
  std::string x;
  std::string y;  ///< empty: one axis
  std::filesystem::path folder;
  bool resume = false;
};

/// One run of `sweep`: the pictures in turn, each written as soon as it is finished, then the grid of all. A picture
/// that fails is reported and the others go on; one that cannot be written ends the run.
class SweepRun {
 public:
  SweepRun(const SweepOptions& options, bool json);

  /// Returns an exit code. Throws Error.
  int run(std::stop_token stop);

 private:
  void prepare();
  void makePicture(Engine& engine, const SweepCell& cell, int index, std::stop_token stop);
  void writePicture(const SweepCell& cell, const GenerateRequest& picture, const Image& image);
  void writeGrid();
  std::filesystem::path fileOf(const SweepCell& cell) const;
  bool isThere(const SweepCell& cell) const;
  void note(const SweepCell& cell, const Error& error);
  int finish();

  const SweepOptions& options_;
  bool json_;
  GenerateRequest base_;
  SweepAxis x_;
  std::optional<SweepAxis> y_;
  SweepPlan plan_;
  RunMemory memory_;
  PictureWriter writer_;
  std::unique_ptr<ProgressDisplay> progress_;
  SweepReport report_;
  std::exception_ptr writeError_;
};

}  // namespace lorikeet::cli
