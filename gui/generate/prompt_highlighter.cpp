#include "generate/prompt_highlighter.h"

#include <QPalette>
#include <QTextBlock>
#include <QTextDocument>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace lorikeet {
namespace {

/// Colours with a contrast of at least 4.5 on the theme's text field.
struct TokenColors {
  QRgb weight, choice, wildcard, tag, embedding, keyword;
  std::array<QRgb, 3> brackets;  ///< by depth, in turn
};

constexpr int kLongLine = 4000;        ///< characters
constexpr int kLongDocument = 50'000;  ///< characters; more are not checked for spelling
constexpr QRgb kMisspeltOnLight = 0xffb3261e, kMisspeltOnDark = 0xffff8a80;
constexpr int kColouredReach = 2000;  ///< how far around the centre a long line is coloured

constexpr TokenColors kOnLight = {
    0xff9a4a00, 0xff7b2fa3, 0xff7b2fa3, 0xff0b63b0, 0xff14784f, 0xffb3261e, {0xff9a4a00, 0xff0b63b0, 0xff7b2fa3}};
constexpr TokenColors kOnDark = {
    0xfff0b26b, 0xffd3a3f0, 0xffd3a3f0, 0xff82bdf5, 0xff63d39d, 0xffff8a80, {0xfff0b26b, 0xff82bdf5, 0xffd3a3f0}};

}  // namespace

PromptHighlighter::PromptHighlighter(QTextDocument* document) : QSyntaxHighlighter(document) {}

void PromptHighlighter::setEmbeddings(IsEmbedding isEmbedding) {
  isEmbedding_ = std::move(isEmbedding);
  rehighlight();
}

void PromptHighlighter::setSpelling(std::function<bool(const QString&)> isMisspelt, std::function<int()> typingAt) {
  isMisspelt_ = std::move(isMisspelt);
  typingAt_ = std::move(typingAt);
  rehighlight();
}

void PromptHighlighter::markSkippedWord() {
  if (skippedAt_ < 0 || (typingAt_ && typingAt_() == skippedAt_)) return;
  const QTextBlock block = document()->findBlock(std::exchange(skippedAt_, -1));
  if (block.isValid()) rehighlightBlock(block);
}

WordPlace PromptHighlighter::misspeltAt(int position) const {
  const QTextBlock block = document()->findBlock(position);
  PromptLineState state = PromptLineState::fromInt(block.previous().userState());
  const QString text = block.text();
  const qsizetype at = position - block.position();
  for (const WordPlace& word : misspeltWords(text, scanPromptLine(text, state, isEmbedding_)))
    if (at >= word.start && at <= word.start + word.length) return {word.start + block.position(), word.length};
  return {};
}

/// In what stands between the parts that mean something to the grammar.
QList<WordPlace> PromptHighlighter::misspeltWords(const QString& text, const std::vector<PromptSpan>& spans) const {
  QList<WordPlace> misspelt;
  if (!isMisspelt_ || text.size() > kLongLine || document()->characterCount() > kLongDocument) return misspelt;
  const auto check = [&](qsizetype from, qsizetype to) {
    for (const WordPlace& word : wordsToCheck(QStringView(text).sliced(from, to - from)))
      if (isMisspelt_(text.sliced(from + word.start, word.length)))
        misspelt << WordPlace{from + word.start, word.length};
  };
  qsizetype from = 0;
  for (const PromptSpan& span : spans) {
    check(from, span.start);
    from = span.start + span.length;
  }
  check(from, text.size());
  return misspelt;
}

void PromptHighlighter::setCentre(int position) {
  if (std::abs(position - centre_) < kColouredReach / 3) return;
  const QTextBlock before = document()->findBlock(centre_);
  const QTextBlock now = document()->findBlock(position);
  centre_ = position;
  if (now.length() > kLongLine) rehighlightBlock(now);
  if (before != now && before.length() > kLongLine) rehighlightBlock(before);
}

void PromptHighlighter::setPalette(const QPalette& palette) {
  const bool dark = palette.color(QPalette::Base).lightness() < palette.color(QPalette::Text).lightness();
  const QColor subdued = palette.color(QPalette::PlaceholderText);
  if (dark == dark_ && subdued == subdued_) return;
  dark_ = dark;
  subdued_ = subdued;
  rehighlight();
}

void PromptHighlighter::highlightBlock(const QString& text) {
  PromptLineState state = PromptLineState::fromInt(previousBlockState());
  const bool isLong = text.size() > kLongLine;
  const qsizetype centre = std::clamp<qsizetype>(centre_ - currentBlock().position(), 0, text.size());
  const std::vector<PromptSpan> spans = scanPromptLine(text, state, isEmbedding_);
  for (const PromptSpan& span : spans)
    if (!isLong || std::abs(span.start - centre) <= kColouredReach)
      setFormat(int(span.start), int(span.length), colorOf(span));
  setCurrentBlockState(state.toInt());
  const qsizetype typingAt = typingAt_ ? typingAt_() - currentBlock().position() : -1;
  QTextCharFormat format;
  format.setUnderlineStyle(QTextCharFormat::SpellCheckUnderline);
  format.setUnderlineColor(QColor(dark_ ? kMisspeltOnDark : kMisspeltOnLight));
  for (const WordPlace& word : misspeltWords(text, spans)) {
    if (word.start + word.length == typingAt) {
      skippedAt_ = currentBlock().position() + int(typingAt);
    } else {
      setFormat(int(word.start), int(word.length), format);
    }
  }
}

QColor PromptHighlighter::colorOf(const PromptSpan& span) const {
  const TokenColors& colors = dark_ ? kOnDark : kOnLight;
  switch (span.token) {
    case PromptToken::Bracket:
    case PromptToken::Separator:
      return QColor(colors.brackets[size_t(std::max(span.depth - 1, 0)) % colors.brackets.size()]);
    case PromptToken::Weight:
      return QColor(colors.weight);
    case PromptToken::Choice:
      return QColor(colors.choice);
    case PromptToken::Wildcard:
      return QColor(colors.wildcard);
    case PromptToken::Tag:
      return QColor(colors.tag);
    case PromptToken::Embedding:
      return QColor(colors.embedding);
    case PromptToken::Keyword:
      return QColor(colors.keyword);
    case PromptToken::Comment:
    case PromptToken::Escape:
      return subdued_;
  }
  return {};
}

}  // namespace lorikeet
