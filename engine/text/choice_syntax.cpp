#include "text/choice_syntax.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "text/prompt_scanning.h"

namespace lorikeet {
namespace {

constexpr std::string_view kCountMark = "$$";
constexpr size_t kLongestSeparator = 64;

struct Frame {
  size_t open;
  size_t firstBar;
};

/// "2", "1-3", "-3", "2-" in front of the first $$.
bool readCount(std::string_view text, ChoiceGroup& group) {
  const auto number = [](std::string_view digits, size_t fallback) -> std::optional<size_t> {
    if (digits.empty()) return fallback;
    size_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
  };
  const size_t dash = text.find('-');
  const auto least = number(text.substr(0, dash), 0);
  const auto most = dash == std::string_view::npos ? least : number(text.substr(dash + 1), std::string_view::npos);
  if (text.empty() || !least || !most || *most < *least) return false;
  group.atLeast = *least;
  group.atMost = *most;
  return true;
}

/// Takes "2$$" or "2$$ and $$" off the front of the group; returns where the options begin.
size_t readPrefix(std::string_view text, size_t firstEnd, ChoiceGroup& group) {
  const size_t begin = group.open + 1;
  const std::string_view head = text.substr(begin, firstEnd - begin);
  const size_t mark = head.substr(0, 24).find(kCountMark);
  if (mark == std::string_view::npos || !readCount(trimSpaces(head.substr(0, mark)), group)) return begin;
  const size_t options = mark + kCountMark.size();
  const std::string_view rest = head.substr(options, kLongestSeparator + kCountMark.size());
  const size_t second = rest.find(kCountMark);
  if (second == std::string_view::npos || rest.substr(0, second).find_first_of("{}") != std::string_view::npos)
    return begin + options;
  group.separator = rest.substr(0, second);
  return begin + options + second + kCountMark.size();
}

ChoiceOption readOption(std::string_view text, size_t begin, size_t end) {
  ChoiceOption option{begin, end, 1};
  const std::string_view head = text.substr(begin, std::min<size_t>(end - begin, 24));
  const size_t mark = head.find("::");
  if (mark == std::string_view::npos) return option;
  const std::optional<double> weight = parseDecimal(trimSpaces(head.substr(0, mark)));
  if (!weight || !std::isfinite(*weight) || *weight < 0) return option;
  return {begin + mark + 2, end, *weight};
}

std::optional<ChoiceGroup> readGroup(std::string_view text, size_t open, size_t close, std::vector<size_t> bars) {
  ChoiceGroup group;
  group.open = open;
  group.close = close;
  size_t begin = readPrefix(text, bars.empty() ? close : bars.front(), group);
  if (bars.empty() && begin == open + 1) return std::nullopt;
  bars.push_back(close);
  for (const size_t bar : bars) {
    group.options.push_back(readOption(text, begin, bar));
    begin = bar + 1;
  }
  return group;
}

}  // namespace

std::vector<ChoiceGroup> findChoiceGroups(std::string_view text, std::vector<size_t>* unclosed) {
  std::vector<ChoiceGroup> groups;
  std::vector<Frame> frames;
  std::vector<size_t> bars;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '{') {
      frames.push_back({i, bars.size()});
    } else if (text[i] == '|' && !frames.empty()) {
      bars.push_back(i);
    } else if (text[i] == '}' && !frames.empty()) {
      const Frame frame = frames.back();
      frames.pop_back();
      const auto first = bars.begin() + static_cast<std::ptrdiff_t>(frame.firstBar);
      if (auto group = readGroup(text, frame.open, i, {first, bars.end()})) groups.push_back(std::move(*group));
      bars.resize(frame.firstBar);
    } else if (text[i] == '}' && unclosed != nullptr) {
      unclosed->push_back(i);
    }
  }
  if (unclosed != nullptr)
    for (const Frame& frame : frames) unclosed->push_back(frame.open);
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.open < b.open; });
  return groups;
}

}  // namespace lorikeet
