#include "cli/progress_display.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lorikeet::cli {
namespace {

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
    : line_(stream, kTimeBetweenLines), promptCount_(promptCount), word_(std::move(word)) {}

void ProgressDisplay::show(int promptIndex, const Progress& progress) {
  const std::string text = describe(progress, word_, promptIndex, promptCount_);
  const std::string stage = fmt::format("{} {}", progress.imageIndex, static_cast<int>(progress.stage));
  const bool isLast = progress.stage == Stage::Denoising && progress.step == progress.stepCount;
  line_.show(line_.isLive() ? barFor(text, progress) + text : text, stage, isLast);
}

/// As wide as fits beside the text; empty where there is no room or nothing to count.
std::string ProgressDisplay::barFor(const std::string& text, const Progress& progress) const {
  const int width = std::min(kMaxBarWidth, line_.width() - static_cast<int>(text.size()) - 5);
  if (width < 8 || progress.stepCount <= 0) return {};
  const int filled = std::clamp(width * progress.step / progress.stepCount, 0, width);
  return "[" + std::string(static_cast<size_t>(filled), '#') + std::string(static_cast<size_t>(width - filled), '-') +
         "] ";
}

std::string formatDuration(double seconds) {
  const auto total = static_cast<long long>(std::ceil(seconds));
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} min {:02} s", total / 60, total % 60);
  return fmt::format("{} h {:02} min", total / 3600, total % 3600 / 60);
}

}  // namespace lorikeet::cli
