#include "generate/prompt_completion.h"

#include <algorithm>

namespace lorikeet {
namespace {

bool isNamePart(QChar c) { return c.isLetterOrNumber() || QStringView(u"_-./ ").contains(c); }

bool fits(PromptWord::Kind word, CompletionPlace::Kind place) {
  switch (place) {
    case CompletionPlace::Kind::Wildcard:
      return word == PromptWord::Kind::Wildcard;
    case CompletionPlace::Kind::Adapter:
      return word == PromptWord::Kind::Adapter;
    case CompletionPlace::Kind::Word:
      return true;
    case CompletionPlace::Kind::None:
      return false;
  }
  return false;
}

QString insertion(const PromptWord& word) {
  switch (word.kind) {
    case PromptWord::Kind::Wildcard:
      return QStringLiteral("__%1__").arg(word.text);
    case PromptWord::Kind::Adapter:
      return QStringLiteral("<lora:%1:1>").arg(word.text);
    case PromptWord::Kind::Embedding:
    case PromptWord::Kind::Trigger:
      return word.text;
  }
  return word.text;
}

/// Where the tag begins in which the cursor stands, if only a name has been typed behind its colon.
qsizetype adapterTagStart(QStringView before) {
  constexpr qsizetype kLongestTag = 200;
  const qsizetype open = before.right(kLongestTag).lastIndexOf(u'<');
  if (open < 0) return -1;
  const QStringView tag = before.right(kLongestTag).sliced(open);
  const bool isAdapter = tag.startsWith(u"<lora:") || tag.startsWith(u"<lyco:");
  const QStringView name = isAdapter ? tag.sliced(6) : QStringView();
  if (!isAdapter || !std::all_of(name.begin(), name.end(), isNamePart)) return -1;
  return before.size() - tag.size();
}

/// The "__" that opens a wildcard in which the cursor stands: an odd one on its line.
qsizetype wildcardStart(QStringView before) {
  constexpr qsizetype kLongestName = 256;
  const QStringView line = before.sliced(before.lastIndexOf(u'\n') + 1).right(8 * kLongestName);
  qsizetype open = -1;
  for (qsizetype at = line.indexOf(u"__"); at >= 0; at = line.indexOf(u"__", at + 2)) {
    const QStringView between = open >= 0 ? line.sliced(open + 2, at - open - 2) : QStringView();
    const bool closes = open >= 0 && std::all_of(between.begin(), between.end(), isNamePart) && !between.isEmpty();
    open = closes ? -1 : at;
  }
  if (open < 0) return -1;
  const QStringView name = line.sliced(open + 2);
  const bool isName = std::all_of(name.begin(), name.end(), isNamePart) && !name.startsWith(u' ');
  return isName ? before.size() - line.size() + open : -1;
}

}  // namespace

CompletionPlace completionPlace(const QString& text, qsizetype cursor) {
  const QStringView before = QStringView(text).first(std::clamp<qsizetype>(cursor, 0, text.size()));
  if (const qsizetype tag = adapterTagStart(before); tag >= 0)
    return {CompletionPlace::Kind::Adapter, tag, before.sliced(tag + 6).toString()};
  if (const qsizetype open = wildcardStart(before); open >= 0)
    return {CompletionPlace::Kind::Wildcard, open, before.sliced(open + 2).toString()};
  qsizetype start = before.size();
  while (start > 0 && (before[start - 1].isLetterOrNumber() || QStringView(u"_-").contains(before[start - 1]))) --start;
  if (start > 0 && before[start - 1] == u'<') --start;
  const QString typed = before.sliced(start).toString();
  return {typed.isEmpty() ? CompletionPlace::Kind::None : CompletionPlace::Kind::Word, start, typed};
}

std::vector<Completion> completionsFor(const CompletionPlace& place, const std::vector<PromptWord>& words,
                                       size_t limit) {
  std::vector<Completion> first, second;
  if (place.kind == CompletionPlace::Kind::None) return first;
  for (const PromptWord& word : words) {
    if (!fits(word.kind, place.kind)) continue;
    const QString insert = insertion(word);
    if (word.text.startsWith(place.typed, Qt::CaseInsensitive) || insert.startsWith(place.typed, Qt::CaseInsensitive))
      first.push_back({word, insert});
    else if (word.text.contains(place.typed, Qt::CaseInsensitive))
      second.push_back({word, insert});
    if (first.size() == limit) break;
  }
  first.insert(first.end(), second.begin(), second.begin() + std::min(second.size(), limit - first.size()));
  return first;
}

}  // namespace lorikeet
