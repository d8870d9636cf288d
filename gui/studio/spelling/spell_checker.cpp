#include "studio/spelling/spell_checker.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <algorithm>

namespace lorikeet {
namespace {

constexpr qsizetype kShortest = 3;
constexpr qsizetype kLongest = 40;  // letters; longer ones are no words
constexpr qsizetype kMostKnown = 20'000;
constexpr qsizetype kMostSuggestions = 8;

bool isLetter(QChar c) { return c.isLetter() || c.isMark(); }
bool isApostrophe(QChar c) { return c == u'\'' || c == u'\u2019'; }
bool isPart(QChar c) { return c.isLetterOrNumber() || c.isMark() || c == u'_' || isApostrophe(c); }

bool isForCheck(QStringView word) {
  if (word.size() < kShortest || word.size() > kLongest) return false;
  const auto isOther = [](QChar c) { return !isApostrophe(c) && (!isLetter(c) || c.script() > QChar::Script_Latin); };
  if (std::ranges::any_of(word, isOther)) return false;
  return std::none_of(word.begin() + 1, word.end(), [](QChar c) { return c.isUpper(); });
}

}  // namespace

QList<WordPlace> wordsToCheck(QStringView text) {
  QList<WordPlace> words;
  qsizetype at = 0;
  while (at < text.size()) {
    if (!isPart(text[at])) {
      ++at;
      continue;
    }
    qsizetype end = at;
    while (end < text.size() && isPart(text[end])) ++end;
    qsizetype first = at;
    qsizetype last = end;
    while (first < last && isApostrophe(text[first])) ++first;
    while (last > first && isApostrophe(text[last - 1])) --last;
    if (isForCheck(text.sliced(first, last - first))) words << WordPlace{first, last - first};
    at = end;
  }
  return words;
}

SpellChecker::SpellChecker(const QString& ownWordsFile, QObject* parent)
    : QObject(parent), ownWordsFile_(ownWordsFile), folders_(usualDictionaryFolders()), queue_(this) {
  QFile file(ownWordsFile_);
  if (!file.open(QIODevice::ReadOnly)) return;
  for (const QString& word : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
    ownWords_.insert(word.trimmed().toCaseFolded());
}

void SpellChecker::setEnabled(bool enabled) {
  if (enabled == enabled_) return;
  enabled_ = enabled;
  if (enabled && !dictionary_)
    load();
  else
    emit changed();
}

void SpellChecker::load() {
  if (loading_) return;
  loading_ = true;
  queue_.run(
      [folders = folders_]() -> std::shared_ptr<Dictionary> {
        const DictionaryFiles files = findDictionary(folders);
        return files.name.isEmpty() ? nullptr : std::make_shared<Dictionary>(files);
      },
      [this](const std::shared_ptr<Dictionary>& dictionary) {
        loading_ = false;
        dictionary_ = dictionary;
        emit changed();
      });
}

bool SpellChecker::isMisspelt(const QString& word) const {
  if (!enabled_ || !dictionary_ || ownWords_.contains(word.toCaseFolded())) return false;
  const auto known = known_.constFind(word);
  if (known != known_.constEnd()) return !*known;
  if (known_.size() >= kMostKnown) known_.clear();
  QString plain = word;
  plain.replace(u'\u2019', u'\'');
  const bool isKnown = dictionary_->knows(plain);
  known_.insert(word, isKnown);
  return !isKnown;
}

QStringList SpellChecker::suggestions(const QString& word) const {
  return dictionary_ ? dictionary_->suggestions(word).mid(0, kMostSuggestions) : QStringList();
}

void SpellChecker::addWord(const QString& word) {
  ownWords_.insert(word.toCaseFolded());
  QDir().mkpath(QFileInfo(ownWordsFile_).absolutePath());
  QFile file(ownWordsFile_);  // where it cannot be written, the word counts until the end of the program
  if (file.open(QIODevice::Append)) file.write(word.toUtf8() + '\n');
  emit changed();
}

}  // namespace lorikeet
