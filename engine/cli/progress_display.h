#pragma once
#include <cstdio>
#include <string>

#include "cli/progress_line.h"
#include "lorikeet/result.h"

namespace lorikeet::cli {

/// Progress on stderr: on a terminal one line with a bar, elsewhere a plain line now and then.
class ProgressDisplay {
 public:
  /// promptCount > 1: each prompt is a job of its own, and the time left counts those that are still to come; `word` is
  /// what they are called.
  ProgressDisplay(std::FILE* stream, int promptCount, std::string word = "prompt");

  void show(int promptIndex, const Progress& progress);
  /// Takes the bar away, so that other output can be written.
  void clear() { line_.clear(); }

 private:
  std::string barFor(const std::string& text, const Progress& progress) const;

  ProgressLine line_;
  int promptCount_;
  std::string word_;
};

/// "7 s", "1 min 05 s", "2 h 03 min"
std::string formatDuration(double seconds);

}  // namespace lorikeet::cli
