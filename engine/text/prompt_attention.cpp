#include "text/prompt_attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "text/prompt_scanning.h"
#include "text/weight_ranges.h"

namespace lorikeet {
namespace {

constexpr double kRoundFactor = 1.1;
constexpr double kSquareFactor = 1 / 1.1;
constexpr double kStandInForInfinity = 1e12;  // cut off later, with a warning
constexpr std::string_view kBreak = "BREAK";
using Severity = PromptIssue::Severity;

/// ":1.3)" at a colon.
struct WeightMark {
  std::string_view number;
  size_t end = 0;  ///< behind the bracket; 0: no such mark here
};

class AttentionParser {
 public:
  AttentionParser(std::string_view text, PromptIssues* issues) : text_(text), issues_(issues) {}

  std::vector<WeightedText> parse() {
    for (size_t i = 0; i < text_.size();) i = parseAt(i);
    for (const Bracket& bracket : round_) ranges_.multiply(bracket.firstPiece, pieces_.size(), kRoundFactor);
    for (const Bracket& bracket : square_) ranges_.multiply(bracket.firstPiece, pieces_.size(), kSquareFactor);
    noteOpen(round_, '(', ')');
    noteOpen(square_, '[', ']');
    if (pieces_.empty()) pieces_.push_back({0, {}, false});
    return joined();
  }

 private:
  struct Bracket {
    size_t position;
    size_t firstPiece;
  };
  struct Piece {
    size_t position;
    std::string_view text;
    bool isBreak;
  };

  /// Reads one token at i and returns where the next begins.
  size_t parseAt(size_t i) {
    switch (text_[i]) {
      case '\\':
        return parseEscape(i);
      case '(':
        return open(round_, i);
      case '[':
        return open(square_, i);
      case ')':
        return close(round_, kRoundFactor, i);
      case ']':
        return close(square_, kSquareFactor, i);
      case ':':
        return parseColon(i);
      default: {
        const size_t end = std::min(text_.find_first_of("\\()[]:", i), text_.size());
        addText(i, end);
        return end;
      }
    }
  }

  size_t parseEscape(size_t i) {
    const bool escapes =
        i + 1 < text_.size() && std::string_view("()[]\\").find(text_[i + 1]) != std::string_view::npos;
    const size_t end = escapes ? i + 2 : i + 1;
    pieces_.push_back({i, text_.substr(i + 1, end - i - 1), false});
    return end;
  }

  size_t open(std::vector<Bracket>& brackets, size_t i) {
    brackets.push_back({i, pieces_.size()});
    boundary_ = pieces_.size();
    return i + 1;
  }

  void multiplyAndClose(std::vector<Bracket>& brackets, double factor) {
    ranges_.multiply(brackets.back().firstPiece, pieces_.size(), factor);
    brackets.pop_back();
    boundary_ = pieces_.size();
  }

  size_t close(std::vector<Bracket>& brackets, double factor, size_t i) {
    if (brackets.empty()) {
      addText(i, i + 1);
      return i + 1;
    }
    multiplyAndClose(brackets, factor);
    return i + 1;
  }

  WeightMark weightMarkAt(size_t colon) const {
    size_t begin = skipSpaces(text_, colon + 1), end = begin;
    if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
    const size_t digits = end;
    while (end < text_.size() && (text_[end] == '.' || (text_[end] >= '0' && text_[end] <= '9'))) ++end;
    const size_t bracket = skipSpaces(text_, end);
    if (end == digits || bracket == text_.size() || text_[bracket] != ')') return {};
    return {text_.substr(begin, end - begin), bracket + 1};
  }

  size_t parseColon(size_t i) {
    const WeightMark mark = weightMarkAt(i);
    if (mark.end == 0) {
      noteStrangeWeight(i);
      addText(i, i + 1);
      return i + 1;
    }
    if (round_.empty()) {
      addText(i, mark.end);
      return mark.end;
    }
    std::optional<double> weight = parseDecimal(mark.number);
    if (weight && std::isinf(*weight)) weight = std::copysign(kStandInForInfinity, *weight);
    if (!weight)
      issue(Severity::Warning, i, mark.end - i,
            fmt::format("\"{}\" is no number, so the weight 1 is used", mark.number));
    multiplyAndClose(round_, weight.value_or(1));
    return mark.end;
  }

  /// (a:nan) and (a:1e9) are text in this grammar, which is hardly what was meant.
  void noteStrangeWeight(size_t colon) {
    if (issues_ == nullptr || round_.empty()) return;
    const size_t begin = skipSpaces(text_, colon + 1);
    const size_t end = text_.substr(0, std::min(text_.size(), begin + 32)).find_first_of("()[]:, ", begin);
    if (end == std::string_view::npos || text_[end] != ')') return;
    std::string word(text_.substr(begin, end - begin));
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::string_view bare = std::string_view(word).substr(word.starts_with('-') || word.starts_with('+') ? 1 : 0);
    if (!parseDecimal(word) && bare != "nan" && bare != "inf" && bare != "infinity") return;
    issue(Severity::Warning, colon, end - colon,
          fmt::format("\"{}\" is not written as a plain decimal, so it is read as text and the weight 1.1 is used",
                      text_.substr(begin, end - begin)));
  }

  void addText(size_t begin, size_t end) {
    const std::string_view text = text_.substr(begin, end - begin);
    size_t from = 0;
    for (size_t at = text.find(kBreak); at != std::string_view::npos; at = text.find(kBreak, at + 1)) {
      if (!isWholeWord(text, at, kBreak.size())) continue;
      const size_t afterSpaces = skipSpaces(text, from);
      const std::string_view before = trimSpaces(text.substr(from, at - from));
      // Only the space at BREAK goes, not that at the begin of the text before.
      const size_t keep = before.empty() ? 0 : afterSpaces - from + before.size();
      addPiece(begin + from, text.substr(from, keep));
      pieces_.push_back({begin + at, text.substr(at, kBreak.size()), true});
      from = skipSpaces(text, at + kBreak.size());
      at = from - 1;
    }
    addPiece(begin + from, text.substr(from));
  }

  /// Lengthens the last piece where the text goes on without a bracket in between.
  void addPiece(size_t position, std::string_view text) {
    const bool goesOn = pieces_.size() > boundary_ && !pieces_.back().isBreak &&
                        pieces_.back().text.data() + pieces_.back().text.size() == text.data();
    if (goesOn)
      pieces_.back().text = {pieces_.back().text.data(), pieces_.back().text.size() + text.size()};
    else
      pieces_.push_back({position, text, false});
  }

  std::vector<WeightedText> joined() {
    const std::vector<double> factors = ranges_.factors(pieces_.size());
    std::vector<WeightedText> result;
    for (size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      const double weight = limited(piece.isBreak ? -factors[i] : factors[i], piece);
      const bool isBreak = piece.isBreak && weight == -1;
      if (piece.isBreak && !isBreak)
        issue(Severity::Warning, piece.position, piece.text.size(),
              "BREAK inside of weighted brackets is read as a word; close the brackets before it");
      if (!result.empty() && !isBreak && !result.back().isBreak && result.back().weight == weight)
        result.back().text.append(piece.text);
      else
        result.push_back({std::string(piece.text), weight, isBreak});
    }
    return result;
  }

  double limited(double weight, const Piece& piece) {
    if (std::isnan(weight)) return 0;  // zero times a product beyond double's range
    if (std::abs(weight) <= kLargestPromptWeight) return weight;
    const double limit = weight < 0 ? -kLargestPromptWeight : kLargestPromptWeight;
    if (!limitNoted_)
      issue(Severity::Warning, piece.position, piece.text.size(),
            fmt::format("The weight {:g} is out of range, {:g} is used", weight, limit));
    limitNoted_ = true;
    return limit;
  }

  void noteOpen(const std::vector<Bracket>& open, char bracket, char closing) {
    if (open.empty()) return;
    issue(Severity::Warning, open.back().position, 1,
          open.size() == 1
              ? fmt::format("This \"{}\" is not closed by \"{}\", so it reaches to the end", bracket, closing)
              : fmt::format("{} \"{}\" up to this one are not closed by \"{}\", so they reach to the end", open.size(),
                            bracket, closing));
  }

  void issue(Severity severity, size_t position, size_t length, std::string message) {
    addIssue(issues_, {severity, position, length, std::move(message)});
  }

  std::string_view text_;
  PromptIssues* issues_;
  std::vector<Bracket> round_, square_;
  std::vector<Piece> pieces_;
  size_t boundary_ = 0;  ///< number of pieces at the last bracket
  WeightRanges ranges_;
  bool limitNoted_ = false;
};

}  // namespace

std::vector<WeightedText> parseAttention(std::string_view text, PromptIssues* issues) {
  return AttentionParser(text, issues).parse();
}

}  // namespace lorikeet
