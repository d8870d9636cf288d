#include "generate/prompt_syntax.h"

#include <algorithm>

namespace lorikeet {
namespace {

constexpr int kMaxDepth = 255;  // deeper brackets look alike

bool isWordPart(QChar c) { return c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'.'; }

bool isNumberPart(QChar c) { return c.isDigit() || c == u'.' || c == u'+' || c == u'-' || c == u' '; }

class LineScanner {
 public:
  LineScanner(QStringView line, PromptLineState& state, const IsEmbedding& isEmbedding)
      : line_(line), state_(state), isEmbedding_(isEmbedding) {}

  std::vector<PromptSpan> scan() {
    while (at_ < line_.size()) scanOne();
    return std::move(spans_);
  }

 private:
  int depth() const { return state_.round + state_.square; }
  QChar next() const { return at_ + 1 < line_.size() ? line_[at_ + 1] : QChar(); }

  void add(PromptToken token, qsizetype length) {
    spans_.push_back({at_, length, token, depth()});
    at_ += length;
  }

  void scanOne() {
    switch (line_[at_].unicode()) {
      case u'\\':
        add(PromptToken::Escape, at_ + 1 < line_.size() ? 2 : 1);
        return;
      case u'#':
        add(PromptToken::Comment, line_.size() - at_);
        return;
      case u'(':
        return open(state_.round, PromptToken::Bracket);
      case u'[':
        return open(state_.square, PromptToken::Bracket);
      case u'{':
        return open(state_.brace, PromptToken::Choice);
      case u')':
        return close(state_.round, PromptToken::Bracket);
      case u']':
        return close(state_.square, PromptToken::Bracket);
      case u'}':
        return close(state_.brace, PromptToken::Choice);
      case u'<':
        return scanTag();
      case u':':
        return scanColon();
      case u'|':
        return scanBar();
      case u'$':
        return scanCount();
      default:
        return scanWord();
    }
  }

  void open(int& count, PromptToken token) {
    count = std::min(count + 1, kMaxDepth);
    add(token, 1);
  }

  void close(int& count, PromptToken token) {
    add(token, 1);
    count = std::max(count - 1, 0);
  }

  /// <lora:...>, or the token of an embedding, <glyph>.
  void scanTag() {
    constexpr qsizetype kLongestTag = 300;
    const qsizetype end = line_.sliced(at_).left(kLongestTag).indexOf(u'>');
    const QStringView inner = end > 1 ? line_.sliced(at_ + 1, end - 1) : QStringView();
    if (inner.isEmpty() || inner.contains(u'<')) {
      ++at_;
      return;
    }
    if (inner.contains(u':'))
      add(PromptToken::Tag, end + 1);
    else if (isEmbedding_ && isEmbedding_(line_.sliced(at_, end + 1)))
      add(PromptToken::Embedding, end + 1);
    else
      ++at_;
  }

  void scanColon() {
    if (depth() == 0) {
      ++at_;
      return;
    }
    add(PromptToken::Separator, 1);
    qsizetype end = at_;
    while (end < line_.size() && isNumberPart(line_[end])) ++end;
    if (end > at_ && end < line_.size() && (line_[end] == u')' || line_[end] == u']'))
      add(PromptToken::Weight, end - at_);
  }

  void scanBar() {
    if (state_.brace > 0 || state_.square > 0)
      add(state_.brace > 0 ? PromptToken::Choice : PromptToken::Separator, 1);
    else
      ++at_;
  }

  void scanCount() {
    if (state_.brace > 0 && next() == u'$')
      add(PromptToken::Choice, 2);
    else
      ++at_;
  }

  void scanWord() {
    if (line_[at_] == u'_' && next() == u'_' && scanWildcard()) return;
    qsizetype end = at_;
    while (end < line_.size() && isWordPart(line_[end]) && !(end > at_ && line_.sliced(end).startsWith(u"__"))) ++end;
    if (end == at_) {
      ++at_;
      return;
    }
    const QStringView word = line_.sliced(at_, end - at_);
    if (word == u"BREAK" || word == u"AND")
      add(PromptToken::Keyword, word.size());
    else if (isEmbedding_ && isEmbedding_(word))
      add(PromptToken::Embedding, word.size());
    else
      at_ = end;
  }

  bool scanWildcard() {
    constexpr qsizetype kLongestName = 256;
    const qsizetype end = line_.sliced(at_ + 2).left(kLongestName).indexOf(u"__");
    if (end <= 0) return false;
    const QStringView name = line_.sliced(at_ + 2, end);
    const auto isForeign = [](QChar c) { return QStringView(u",(){}[]<>|:#").contains(c); };
    if (name.front().isSpace() || name.back().isSpace() || std::any_of(name.begin(), name.end(), isForeign))
      return false;
    add(PromptToken::Wildcard, end + 4);
    return true;
  }

  QStringView line_;
  PromptLineState& state_;
  const IsEmbedding& isEmbedding_;
  qsizetype at_ = 0;
  std::vector<PromptSpan> spans_;
};

}  // namespace

PromptLineState PromptLineState::fromInt(int packed) {
  if (packed < 0) return {};  // Qt's state of a block without one
  return {packed & 0xff, packed >> 8 & 0xff, packed >> 16 & 0xff};
}

int PromptLineState::toInt() const { return round | square << 8 | brace << 16; }

std::vector<PromptSpan> scanPromptLine(QStringView line, PromptLineState& state, const IsEmbedding& isEmbedding) {
  return LineScanner(line, state, isEmbedding).scan();
}

}  // namespace lorikeet
