#include "cli/progress_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace lorikeet::cli {

ProgressLine::ProgressLine(std::FILE* stream, std::chrono::seconds betweenPrints)
    : stream_(stream), betweenPrints_(betweenPrints), isLive_(isatty(fileno(stream)) == 1) {}

int ProgressLine::width() const {
  winsize size{};
  return ioctl(fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void ProgressLine::show(std::string text, const std::string& stage, bool endsStage) {
  if (isLive_) {
    text.resize(std::min(text.size(), static_cast<size_t>(std::max(width() - 1, 1))));
    fmt::print(stream_, "\r{}\x1b[K", text);
    isDrawn_ = true;
  } else {
    const auto now = std::chrono::steady_clock::now();
    if (stage == lastStage_ && !endsStage && now - lastPrinted_ < betweenPrints_) return;
    lastStage_ = stage;
    lastPrinted_ = now;
    fmt::print(stream_, "{}\n", text);
  }
  std::fflush(stream_);
}

void ProgressLine::clear() {
  if (!isDrawn_) return;
  fmt::print(stream_, "\r\x1b[K");
  std::fflush(stream_);
  isDrawn_ = false;
}

}  // namespace lorikeet::cli
