#include "generate/prompt_weight.h"

#include <QRegularExpression>
#include <algorithm>
#include <cmath>
#include <optional>

namespace lorikeet {
namespace {

/// A group "(words:1.2)" of a prompt; innerEnd is where ":1.2" or, without a weight, ")" begins.
struct Group {
  qsizetype start = 0;
  qsizetype innerEnd = 0;
  qsizetype end = 0;
  double weight = 1;
};

bool isDelimiter(QChar c) { return c.isSpace() || QStringLiteral(".,/!?%^*;:{}=`~()[]<>|\\\"").contains(c); }

bool isEscaped(const QString& text, qsizetype position) {
  return position > 0 && text[position - 1] == u'\\' && !isEscaped(text, position - 1);
}

/// Reads the end of a group, ":1.2)" or ")", at `position`.
std::optional<Group> groupEnd(const QString& text, qsizetype start, qsizetype position) {
  static const QRegularExpression tail(QStringLiteral("\\G(?::\\s*([+-]?[0-9]*\\.?[0-9]+)\\s*)?\\)"));
  const auto match = tail.match(text, position);
  if (!match.hasMatch()) return std::nullopt;
  constexpr double kPlainBrackets = 1.1;
  const double weight = match.capturedLength(1) > 0 ? match.captured(1).toDouble() : kPlainBrackets;
  return Group{start, position, match.capturedEnd(), weight};
}

/// The innermost group of which [start, end) is the whole inner text, or in which a bare cursor stands.
std::optional<Group> groupAround(const QString& text, qsizetype start, qsizetype end) {
  qsizetype open = start - 1;
  int depth = 0;
  for (; open >= 0; --open) {
    if (isEscaped(text, open)) continue;
    if (text[open] == u')') ++depth;
    if (text[open] == u'(' && depth-- == 0) break;
  }
  if (open < 0) return std::nullopt;
  depth = 0;
  for (qsizetype i = open + 1; i < text.size(); ++i) {
    if (isEscaped(text, i)) continue;
    if (text[i] == u'(') ++depth;
    if (text[i] == u')' && depth-- == 0) {
      static const QRegularExpression weight(QStringLiteral(":\\s*[+-]?[0-9]*\\.?[0-9]+\\s*$"));
      const auto match = weight.match(text.mid(open + 1, i - open - 1));
      const qsizetype innerEnd = match.hasMatch() ? open + 1 + match.capturedStart() : i;
      if (i < end) return std::nullopt;
      return groupEnd(text, open, innerEnd);
    }
  }
  return std::nullopt;
}

void selectWord(PromptSelection& prompt) {
  while (prompt.start > 0 && !isDelimiter(prompt.text[prompt.start - 1])) --prompt.start;
  while (prompt.end < prompt.text.size() && !isDelimiter(prompt.text[prompt.end])) ++prompt.end;
}

void trim(PromptSelection& prompt) {
  const auto isEdge = [](QChar c) { return c.isSpace() || c == u','; };
  while (prompt.start < prompt.end && isEdge(prompt.text[prompt.start])) ++prompt.start;
  while (prompt.end > prompt.start && isEdge(prompt.text[prompt.end - 1])) --prompt.end;
}

/// A selection of "(fox:1.2)" with its brackets means what is inside.
void enterBrackets(PromptSelection& prompt) {
  if (prompt.end - prompt.start < 3 || prompt.text[prompt.start] != u'(') return;
  const auto group = groupAround(prompt.text, prompt.start + 1, prompt.start + 1);
  if (group && group->start == prompt.start && group->end == prompt.end) {
    prompt.start = group->start + 1;
    prompt.end = group->innerEnd;
  }
}

QString weightText(double weight) {
  QString text = QString::number(weight, 'f', 2);
  while (text.endsWith(u'0')) text.chop(1);
  if (text.endsWith(u'.')) text.chop(1);
  return text;
}

}  // namespace

PromptSelection changeWeight(const PromptSelection& prompt, double delta) {
  constexpr double kMaxWeight = 10;
  PromptSelection result = prompt;
  result.start = std::clamp<qsizetype>(result.start, 0, result.text.size());
  result.end = std::clamp<qsizetype>(result.end, result.start, result.text.size());
  const bool bareCursor = result.start == result.end;
  trim(result);
  enterBrackets(result);
  auto group = groupAround(result.text, result.start, result.end);
  if (bareCursor && group) {
    result.start = group->start + 1;
    result.end = group->innerEnd;
  } else if (bareCursor) {
    selectWord(result);
  }
  if (result.start >= result.end) return prompt;
  if (group && (group->start + 1 != result.start || group->innerEnd != result.end)) group.reset();

  const QString words = result.text.mid(result.start, result.end - result.start);
  const qsizetype from = group ? group->start : result.start;
  const qsizetype to = group ? group->end : result.end;
  const double weight = std::round(std::clamp((group ? group->weight : 1.0) + delta, 0.0, kMaxWeight) * 100) / 100;
  const bool plain = weight == 1.0;
  result.text.replace(from, to - from, plain ? words : QStringLiteral("(%1:%2)").arg(words, weightText(weight)));
  result.start = from + (plain ? 0 : 1);
  result.end = result.start + words.size();
  return result;
}

}  // namespace lorikeet
