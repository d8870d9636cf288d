#pragma once
#include <chrono>
#include <cstdio>
#include <string>

namespace lorikeet::cli {

/// One line of progress on a stream: on a terminal drawn again and again, cut to its width; elsewhere printed when a
/// stage begins or ends, and now and then between.
class ProgressLine {
 public:
  ProgressLine(std::FILE* stream, std::chrono::seconds betweenPrints);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool isLive() const { return isLive_; }
  /// Columns of the terminal.
  int width() const;
  /// stage: any text that differs from stage to stage.
  void show(std::string text, const std::string& stage, bool endsStage);
  /// Takes the line away, so that other output can be written.
  void clear();

 private:
  std::FILE* stream_;
  std::chrono::seconds betweenPrints_;
  bool isLive_;
  bool isDrawn_ = false;
  std::string lastStage_;
  std::chrono::steady_clock::time_point lastPrinted_;
};

}  // namespace lorikeet::cli
