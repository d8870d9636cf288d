#include "cli/progress_display.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace lorikeet::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTimeBetweenLines = std::chrono::seconds(1);
constexpr int kMaxBarWidth = 30;

std::string_view stageText(Stage stage) {
  switch (stage) {
    case Stage::Loading:
      return "loading the model";
    case Stage::Text:
      return "reading the prompt";
    case Stage::Denoising:
      return "denoising";
    case Stage::Decoding:
      return "decoding the picture";
  }
  return "";
}

int terminalWidth(std::FILE* stream) {
  winsize size{};
  return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

double secondsLeft(const Progress& progress, int promptsToCome) {
  const double perPrompt = progress.secondsPerStep * progress.stepCount * progress.imageCount;
  return progress.secondsLeft + promptsToCome * perPrompt;
}

std::string describe(const Progress& progress, const std::string& word, int promptIndex, int promptCount) {
  std::string text;
  if (promptCount > 1) text += fmt::format("{} {}/{}  ", word, promptIndex + 1, promptCount);
  if (progress.imageCount > 1) text += fmt::format("picture {}/{}  ", progress.imageIndex + 1, progress.imageCount);
  if (progress.stage != Stage::Denoising || progress.step == 0) return text + std::string(stageText(progress.stage));
  text += fmt::format("step {}/{}", progress.step, progress.stepCount);
  if (progress.secondsPerStep > 0) text += fmt::format("  {:.2f} s/step", progress.secondsPerStep);
  const double left = secondsLeft(progress, promptCount - promptIndex - 1);
  if (left > 0) text += fmt::format("  {} left", formatDuration(left));
  return text;
}

}  // namespace

ProgressDisplay::ProgressDisplay(std::FILE* stream, int promptCount, std::string word)
    : stream_(stream), terminal_(isatty(fileno(stream)) == 1), promptCount_(promptCount), word_(std::move(word)) {}

ProgressDisplay::~ProgressDisplay() { clear(); }

void ProgressDisplay::show(int promptIndex, const Progress& progress) {
  const std::string text = describe(progress, word_, promptIndex, promptCount_);
  terminal_ ? drawBar(text, progress) : printLine(text, progress);
}

void ProgressDisplay::drawBar(const std::string& text, const Progress& progress) {
  const int width = terminalWidth(stream_);
  const int barWidth = std::min(kMaxBarWidth, width - static_cast<int>(text.size()) - 5);
  std::string line;
  if (barWidth >= 8 && progress.stepCount > 0) {
    const int filled = std::clamp(barWidth * progress.step / progress.stepCount, 0, barWidth);
    line = "[" + std::string(static_cast<size_t>(filled), '#') +
           std::string(static_cast<size_t>(barWidth - filled), '-') + "] ";
  }
  line += text;
  line.resize(std::min(line.size(), static_cast<size_t>(std::max(width - 1, 1))));
  fmt::print(stream_, "\r{}\x1b[K", line);
  std::fflush(stream_);
  drawn_ = true;
}

void ProgressDisplay::printLine(const std::string& text, const Progress& progress) {
  const auto now = Clock::now();
  const std::string stage = fmt::format("{} {}", progress.imageIndex, static_cast<int>(progress.stage));
  const bool finished = progress.stage == Stage::Denoising && progress.step == progress.stepCount;
  if (stage == lastStage_ && !finished && now - lastPrinted_ < kTimeBetweenLines) return;
  lastStage_ = stage;
  lastPrinted_ = now;
  fmt::print(stream_, "{}\n", text);
  std::fflush(stream_);
}

void ProgressDisplay::clear() {
  if (!drawn_) return;
  fmt::print(stream_, "\r\x1b[K");
  std::fflush(stream_);
  drawn_ = false;
}

std::string formatDuration(double seconds) {
  const auto total = static_cast<long long>(std::ceil(seconds));
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} min {:02} s", total / 60, total % 60);
  return fmt::format("{} h {:02} min", total / 3600, total % 3600 / 60);
}

}  // namespace lorikeet::cli
