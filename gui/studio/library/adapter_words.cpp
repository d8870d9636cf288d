#include "studio/library/adapter_words.h"

#include <QFileInfo>

namespace lorikeet {
namespace {

constexpr qsizetype kMostTriggerWords = 8;      ///< of one adapter: more would hide other words
constexpr qsizetype kLongestTriggerWord = 120;  ///< characters; longer phrases are no completion

void addNames(const LibraryAdapter& adapter, QSet<QString>& names) {
  const QString fileName = QFileInfo(adapter.file).fileName();
  for (const QString& name : {adapter.name, fileName}) {
    names.insert(name);
    if (!adapter.place.isEmpty()) names.insert(adapter.place + QLatin1Char('/') + name);
  }
  if (!adapter.contents.outputName.isEmpty()) names.insert(adapter.contents.outputName);
}

}  // namespace

AdapterWords wordsOfAdapters(const std::vector<LibraryAdapter>& adapters) {
  AdapterWords words;
  for (const LibraryAdapter& adapter : adapters) {
    addNames(adapter, words.names);
    if (!adapter.contents.problem.isEmpty()) continue;
    if (!adapter.tag.isEmpty()) words.words.push_back({PromptWord::Kind::Adapter, adapter.tag, adapter.family()});
    const QStringList triggers = adapter.triggers().mid(0, kMostTriggerWords);
    for (const QString& trigger : triggers)
      if (trigger.size() <= kLongestTriggerWord)
        words.words.push_back({PromptWord::Kind::Trigger, trigger, adapter.name});
  }
  sortPromptWords(words.words);
  return words;
}

}  // namespace lorikeet
