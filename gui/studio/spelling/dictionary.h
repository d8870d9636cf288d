#pragma once
#include <QString>
#include <QStringList>
#include <memory>

namespace lorikeet {

/// Where a dictionary of Hunspell is: NAME.aff and NAME.dic in one folder.
struct DictionaryFiles {
  QString name;  ///< "en_US"; empty: none
  QString folder;

  bool operator==(const DictionaryFiles&) const = default;
};

/// The folders in which systems keep Hunspell's dictionaries, those of the user first.
QStringList usualDictionaryFolders();
/// The English dictionary to check prompts with, which models read in English: of the system's own country if there is
/// one, then American, British, any.
DictionaryFiles findDictionary(const QStringList& folders);

/// Words of a language and what people may mean with others, by the Hunspell library (https://hunspell.github.io). The
/// one place that knows it. Not to be used from two threads at once.
class Dictionary {
 public:
  explicit Dictionary(const DictionaryFiles& files);
  ~Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  bool knows(const QString& word) const;
  /// The likeliest first; takes up to some tenths of a second.
  QStringList suggestions(const QString& word) const;

 private:
  struct Words;
  std::unique_ptr<Words> words_;
};

}  // namespace lorikeet
