#pragma once
#include <chrono>
#include <cstdio>
#include <string>

#include "lorikeet/result.h"

namespace lorikeet::cli {

/// Progress on stderr: on a terminal one line that is drawn again and again with a bar, elsewhere a plain line now and
/// then.
class ProgressDisplay {
 public:
  /// promptCount > 1: each prompt is a job of its own, and the time left counts those that are still to come; `word` is
  /// what they are called.
  ProgressDisplay(std::FILE* stream, int promptCount, std::string word = "prompt");
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void show(int promptIndex, const Progress& progress);
  /// Takes the bar away, so that other output can be written.
  void clear();

 private:
  void drawBar(const std::string& text, const Progress& progress);
  void printLine(const std::string& text, const Progress& progress);

  std::FILE* stream_;
  bool terminal_;
  int promptCount_;
  std::string word_;
  bool drawn_ = false;
  std::string lastStage_;
  std::chrono::steady_clock::time_point lastPrinted_;
};

/// "7 s", "1 min 05 s", "2 h 03 min"
std::string formatDuration(double seconds);

}  // namespace lorikeet::cli
