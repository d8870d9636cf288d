#include "text/prompt_grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "text/prompt_attention.h"
#include "text/prompt_scanning.h"

namespace lorikeet {
namespace {

constexpr std::string_view kAnd = "AND";

/// Puts one line break in place of each comment and the line break that ends it; with `wholeLines` only of comments
/// that begin a line, and the line break before them goes too.
TracedText stripComments(const TracedText& prompt, bool wholeLines) {
  const std::string& text = prompt.text();
  TracedText result;
  size_t copied = 0;
  for (size_t hash = text.find('#'); hash != std::string::npos; hash = text.find('#', hash)) {
    const bool afterBreak = hash > copied && text[hash - 1] == '\n';
    if (wholeLines && hash > 0 && !afterBreak) {
      ++hash;
      continue;
    }
    const size_t begin = wholeLines && hash > 0 ? hash - 1 : hash;
    result.append(prompt, copied, begin);
    result.append('\n', prompt.origin(begin));
    const size_t lineEnd = text.find('\n', hash);
    copied = hash = lineEnd == std::string::npos ? text.size() : lineEnd + 1;
  }
  result.append(prompt, copied, text.size());
  return result;
}

struct WeightedPart {
  std::string_view text;
  std::optional<double> weight;
  size_t markPosition = 0;  ///< of the colon
};

/// "text : 0.5", with space at the end at will.
WeightedPart splitWeight(std::string_view part) {
  const std::string_view all = part.substr(0, trimSpaces(part).empty() ? 0 : trimSpaces(part).end() - part.begin());
  size_t begin = all.size();
  while (begin > 0 && (all[begin - 1] == '.' || (all[begin - 1] >= '0' && all[begin - 1] <= '9'))) --begin;
  if (begin > 0 && begin < all.size() && (all[begin - 1] == '-' || all[begin - 1] == '+')) --begin;
  const std::optional<double> weight = parseDecimal(all.substr(begin));
  const std::string_view before = trimSpaces(all.substr(0, begin));
  if (!weight || !before.ends_with(':')) return {all, std::nullopt, 0};
  const size_t colon = static_cast<size_t>(before.end() - 1 - part.begin());
  const std::string_view text = part.substr(0, colon);
  const std::string_view trimmed = trimSpaces(text);
  return {trimmed.empty() ? text.substr(0, 0) : text.substr(0, static_cast<size_t>(trimmed.end() - text.begin())),
          weight, colon};
}

class PartReader {
 public:
  PartReader(const TracedText& prompt, ParsedPrompt& result) : prompt_(prompt), result_(result) {}

  void read() {
    const std::string_view text = prompt_.text();
    size_t begin = 0;
    for (size_t at = text.find(kAnd); at != std::string_view::npos; at = text.find(kAnd, at + kAnd.size())) {
      if (!isWholeWord(text, at, kAnd.size())) continue;
      add(begin, at);
      begin = at + kAnd.size();
    }
    add(begin, text.size());
    noteWeightOfSinglePart();
  }

 private:
  void add(size_t begin, size_t end) {
    const WeightedPart part = splitWeight(std::string_view(prompt_.text()).substr(begin, end - begin));
    double weight = part.weight.value_or(1);
    markPosition_ = prompt_.origin(begin + part.markPosition);
    if (std::abs(weight) > kLargestPromptWeight) {
      weight = std::copysign(kLargestPromptWeight, weight);
      addIssue(&result_.issues, {PromptIssue::Severity::Warning, markPosition_, 1,
                                 fmt::format("The weight behind this colon is out of range, {:g} is used", weight)});
    }
    result_.parts.push_back({PromptSchedule(std::string(part.text)), weight});
  }

  void noteWeightOfSinglePart() {
    if (result_.parts.size() != 1 || result_.parts[0].weight == 1) return;
    addIssue(&result_.issues,
             {PromptIssue::Severity::Note, markPosition_, 1,
              fmt::format("The number behind this colon is read as the weight {:g} of the whole prompt, as in A1111",
                          result_.parts[0].weight)});
  }

  const TracedText& prompt_;
  ParsedPrompt& result_;
  size_t markPosition_ = 0;
};

}  // namespace

ParsedPrompt parsePrompt(std::string_view prompt, PromptRole role) {
  ParsedPrompt result;
  const TracedText text =
      takeExtraNetworks(stripComments(stripComments(TracedText(prompt), true), false), result.networks);
  PromptIssues issues;
  parseAttention(text.text(), &issues);
  for (PromptIssue& issue : issues) {
    const size_t end = text.origin(issue.position + std::max<size_t>(issue.length, 1) - 1) + 1;
    issue.position = text.origin(issue.position);
    issue.length = end - issue.position;
    result.issues.push_back(std::move(issue));
  }
  if (role == PromptRole::Negative)
    result.parts.push_back({PromptSchedule(text.text()), 1});
  else
    PartReader(text, result).read();
  return result;
}

}  // namespace lorikeet
