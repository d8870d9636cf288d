#include "text/prompt_schedule.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/check.h"
#include "text/prompt_scanning.h"

namespace lorikeet {
namespace {
constexpr size_t kMaxResolvedBytes = size_t(256) << 20;
}

/// Finds the well-formed schedules. A bracket that is not well formed is text, and so are all brackets around it, since
/// none of these may hold a bare bracket.
struct PromptSchedule::Reader {
  struct Frame {
    size_t open;
    size_t firstSeparator;
  };
  const std::string& text;
  std::vector<Node>& nodes;
  std::vector<Frame> frames;
  std::vector<size_t> separators;  ///< colons and bars of all open frames

  void read() {
    for (size_t i = 0; i < text.size(); ++i) {
      switch (text[i]) {
        case '\\':
          ++i;
          break;
        case '(':
        case '[':
          frames.push_back({i, separators.size()});
          break;
        case ')':
        case ']':
          close(i);
          break;
        case ':':
        case '|':
          if (!frames.empty()) separators.push_back(i);
          break;
        default:
          break;
      }
    }
    std::sort(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) { return a.open < b.open; });
  }

  void close(size_t i) {
    const bool matches = !frames.empty() && text[frames.back().open] == (text[i] == ')' ? '(' : '[');
    if (matches && isWellFormed(frames.back(), i)) {
      separators.resize(frames.back().firstSeparator);
      frames.pop_back();
    } else {
      frames.clear();
      separators.clear();
    }
  }

  bool isWellFormed(const Frame& frame, size_t end) {
    const auto first = separators.begin() + static_cast<std::ptrdiff_t>(frame.firstSeparator);
    const auto colons = std::count_if(first, separators.end(), [&](size_t at) { return text[at] == ':'; });
    if (text[end] == ')') return colons <= 1;
    if (first == separators.end()) return true;
    if (colons == 0) {
      nodes.push_back({true, frame.open, end, {first, separators.end()}, 0, false});
      return true;
    }
    if (colons > 2 || text[separators.back()] != ':') return false;
    const std::string_view number =
        trimSpaces(std::string_view(text).substr(separators.back() + 1, end - separators.back() - 1));
    const std::optional<double> when = parseDecimal(number);
    if (!when) return false;
    Node node{false, frame.open, end, {}, *when, number.find('.') != std::string_view::npos};
    std::copy_if(first, separators.end(), std::back_inserter(node.separators),
                 [&](size_t at) { return text[at] == ':'; });
    nodes.push_back(std::move(node));
    return true;
  }
};

PromptSchedule::PromptSchedule(std::string text) : text_(std::move(text)) { Reader{text_, nodes_, {}, {}}.read(); }

int PromptSchedule::lastStepBefore(const Node& node, const StepPlan& plan) const {
  const bool second = plan.earlierSteps > 0;
  const double step =
      node.whenIsShare ? (node.when - (second ? 1 : 0)) * plan.steps : node.when - (second ? plan.earlierSteps : 0);
  return static_cast<int>(std::clamp(std::trunc(step), -1.0, static_cast<double>(plan.steps)));
}

std::string PromptSchedule::textOf(int step, const StepPlan& plan) const {
  std::string result;
  // Each part that is shown, or skipped where begin == end, in the order of the text. Nodes inside of a skipped part
  // are passed over by position.
  struct Open {
    size_t shownEnd;  ///< where the shown part of the node ends
    size_t after;     ///< where the text goes on
  };
  std::vector<Open> open;
  size_t at = 0, node = 0;
  while (true) {
    while (node < nodes_.size() && nodes_[node].open < at) ++node;
    const size_t limit = open.empty() ? text_.size() : open.back().shownEnd;
    const size_t next = node < nodes_.size() ? std::min(nodes_[node].open, limit) : limit;
    result.append(text_, at, next - at);
    at = next;
    if (at == limit) {
      if (open.empty()) return result;
      at = open.back().after;
      open.pop_back();
      continue;
    }
    const Node& current = nodes_[node++];
    const auto& separators = current.separators;
    size_t begin = current.open + 1, end = 0;
    if (current.alternates) {
      const size_t option = static_cast<size_t>(step - 1) % (separators.size() + 1);
      if (option > 0) begin = separators[option - 1] + 1;
      end = option < separators.size() ? separators[option] : current.close;
    } else if (step <= lastStepBefore(current, plan)) {
      end = separators.size() == 2 ? separators[0] : begin;
    } else {
      if (separators.size() == 2) begin = separators[0] + 1;
      end = separators.back();
    }
    open.push_back({end, current.close + 1});
    at = begin;
  }
}

std::vector<ScheduledText> PromptSchedule::resolve(const StepPlan& plan) const {
  CHECK(plan.steps >= 1);
  std::vector<bool> ends(static_cast<size_t>(plan.steps) + 1);
  ends.back() = true;
  for (const Node& node : nodes_) {
    if (node.alternates)
      ends.assign(ends.size(), true);
    else if (const int last = lastStepBefore(node, plan); last >= 1)
      ends[static_cast<size_t>(last)] = true;
  }
  std::vector<ScheduledText> result;
  size_t bytes = 0;
  for (int step = 1; step <= plan.steps; ++step) {
    if (!ends[static_cast<size_t>(step)]) continue;
    result.push_back({step, textOf(step, plan)});
    bytes += result.back().text.size();
    if (bytes > kMaxResolvedBytes)
      throw Error(ErrorKind::InvalidArgument,
                  fmt::format("A prompt of {} bytes that changes over {} steps is too long", text_.size(), plan.steps));
  }
  return result;
}

const ScheduledText& textAt(const std::vector<ScheduledText>& schedule, int step) {
  CHECK(!schedule.empty());
  for (const ScheduledText& entry : schedule)
    if (step <= entry.lastStep) return entry;
  return schedule.back();
}

}  // namespace lorikeet
