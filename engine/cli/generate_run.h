#pragma once
#include <stop_token>
#include <vector>

#include "cli/generate_options.h"
#include "cli/json_report.h"
#include "cli/picture_names.h"
#include "cli/picture_writer.h"
#include "cli/progress_display.h"
#include "lorikeet/engine.h"

namespace lorikeet::cli {

/// One run of `generate`: every prompt in turn, each picture written as soon as it is finished.
class GenerateRun {
 public:
  GenerateRun(const GenerateOptions& options, bool json);

  /// Returns an exit code. Throws Error.
  int run(std::stop_token stop);

 private:
  void prepare();
  void estimate();
  void warn(const GenerateRequest& request);
  void runPrompt(Engine& engine, int promptIndex, std::stop_token stop);
  GenerateCallbacks callbacks(int promptIndex);
  void writePicture(int promptIndex, int imageIndex, const Image& image);
  void writePreview(int promptIndex, int imageIndex, int step, const Image& image);
  void addTimings(const std::vector<Timing>& timings);

  const GenerateOptions& options_;
  bool json_;
  int promptCount_;
  PictureNames names_;
  PictureWriter writer_;
  ProgressDisplay progress_;
  GenerateReport report_;
  GenerateRequest picture_;                    ///< the request of the picture that is being made
  std::vector<std::vector<Latents>> latents_;  ///< of every picture, when --latents asks for them
};

}  // namespace lorikeet::cli
