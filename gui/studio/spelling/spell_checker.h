#pragma once
#include <QHash>
#include <QObject>
#include <QSet>
#include <memory>

#include "studio/jobs/background_queue.h"
#include "studio/spelling/dictionary.h"

namespace lorikeet {

/// Tells misspelt words of prompts. The dictionary is read off the window's thread; without one, and until then,
/// nothing is misspelt. Words that a person adds are kept in a file.
class SpellChecker : public QObject {
  Q_OBJECT
 public:
  /// ownWordsFile: a word a line.
  explicit SpellChecker(const QString& ownWordsFile, QObject* parent = nullptr);
  ~SpellChecker() override { queue_.finish(); }

  /// Looks for a dictionary in these folders the first time that it is turned on.
  void setFolders(const QStringList& folders) { folders_ = folders; }
  void setEnabled(bool enabled);
  bool isEnabled() const { return enabled_; }
  /// Of the system, whether turned on or not; the name is empty where there is none.
  DictionaryFiles dictionaryFiles() const { return findDictionary(folders_); }

  /// A word of letters and apostrophes.
  bool isMisspelt(const QString& word) const;
  /// At most eight, the likeliest first.
  QStringList suggestions(const QString& word) const;
  /// Never again misspelt.
  void addWord(const QString& word);

 signals:
  /// Other words are misspelt now.
  void changed();

 private:
  void load();

  QString ownWordsFile_;
  QStringList folders_;
  QSet<QString> ownWords_;  // case folded
  std::shared_ptr<Dictionary> dictionary_;
  mutable QHash<QString, bool> known_;
  bool enabled_ = false;
  bool loading_ = false;
  BackgroundQueue queue_;
};

/// A part of a text.
struct WordPlace {
  qsizetype start = 0;
  qsizetype length = 0;

  bool operator==(const WordPlace&) const = default;
};

/// The words of `text` that a spell check looks at: three Latin letters or more, apostrophes within, no digits or
/// underscores beside them and no capitals but the first ("v2", "score_9", "SDXL" and "LoRA" are names).
QList<WordPlace> wordsToCheck(QStringView text);

}  // namespace lorikeet
