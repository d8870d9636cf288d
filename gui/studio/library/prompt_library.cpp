#include "studio/library/prompt_library.h"

#include <lorikeet/prompt.h>

#include <QCollator>
#include <QDir>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

struct ScannedWords {
  std::vector<PromptWord> words;
  QString problem;
};

void addEmbeddings(const QString& folder, std::vector<PromptWord>& words) {
  for (const EmbeddingInfo& embedding : listEmbeddings(toPath(folder))) {
    if (!embedding.problem.empty()) continue;
    const QString detail = embedding.vectorCount == 1 ? PromptLibrary::tr("1 token")
                                                      : PromptLibrary::tr("%1 tokens").arg(embedding.vectorCount);
    for (const std::string& trigger : embedding.triggers)
      words.push_back({PromptWord::Kind::Embedding, toQString(trigger), detail});
  }
}

ScannedWords scanFolders(const PromptFolders& folders) {
  ScannedWords result;
  const auto attempt = [&result](const QString& folder, auto work) {
    try {
      work(folder);
    } catch (const std::exception& error) {
      result.problem = toQString(error.what());
    }
  };
  if (!folders.embeddings.isEmpty())
    attempt(folders.embeddings, [&](const QString& folder) { addEmbeddings(folder, result.words); });
  if (!folders.wildcards.isEmpty())
    attempt(folders.wildcards, [&](const QString& folder) {
      for (const std::string& name : wildcardNames(toPath(folder)))
        result.words.push_back({PromptWord::Kind::Wildcard, toQString(name), PromptLibrary::tr("wildcard")});
    });
  sortPromptWords(result.words);
  return result;
}

}  // namespace

void sortPromptWords(std::vector<PromptWord>& words) {
  QCollator order;
  order.setNumericMode(true);
  order.setCaseSensitivity(Qt::CaseInsensitive);
  std::vector<std::pair<QCollatorSortKey, PromptWord>> keyed;
  keyed.reserve(words.size());
  for (PromptWord& word : words) {
    QCollatorSortKey key = order.sortKey(word.text);
    keyed.emplace_back(std::move(key), std::move(word));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) {
    return a.second.kind != b.second.kind ? a.second.kind < b.second.kind : a.first.compare(b.first) < 0;
  });
  words.clear();
  for (auto& [key, word] : keyed) words.push_back(std::move(word));
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

PromptLibrary::PromptLibrary(QObject* parent) : QObject(parent), queue_(this) {
  constexpr int kRescanDelayMs = 800;
  rescanDelay_.setSingleShot(true);
  rescanDelay_.setInterval(kRescanDelayMs);
  connect(&rescanDelay_, &QTimer::timeout, this, &PromptLibrary::rescan);
  connect(&watcher_, &QFileSystemWatcher::directoryChanged, &rescanDelay_, qOverload<>(&QTimer::start));
}

void PromptLibrary::setFolders(const PromptFolders& folders) {
  if (folders == folders_ && generation_ > 0) return;
  folders_ = folders;
  if (!watcher_.directories().isEmpty()) watcher_.removePaths(watcher_.directories());
  for (const QString& folder : {folders.embeddings, folders.wildcards})
    if (!folder.isEmpty() && QFileInfo(folder).isDir()) watcher_.addPath(folder);
  rescan();
}

void PromptLibrary::rescan() {
  const quint64 generation = ++generation_;
  queue_.clear();
  queue_.run([folders = folders_] { return scanFolders(folders); },
             [this, generation](ScannedWords scanned) {
               if (generation != generation_) return;
               scanned_ = std::move(scanned.words);
               problem_ = scanned.problem;
               join();
               emit scanFinished();
             });
}

void PromptLibrary::setAdapters(const AdapterWords& words) {
  if (knowsAdapters_ && words == fromAdapters_) return;
  knowsAdapters_ = true;
  fromAdapters_ = words;
  join();
}

void PromptLibrary::join() {
  words_ = scanned_;
  words_.insert(words_.end(), fromAdapters_.words.begin(), fromAdapters_.words.end());  // kinds that come later
  embeddings_.clear();
  for (const PromptWord& word : scanned_)
    if (word.kind == PromptWord::Kind::Embedding) embeddings_.insert(word.text.toCaseFolded());
  emit changed();
}

}  // namespace lorikeet
