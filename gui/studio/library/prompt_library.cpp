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
    if (folder.isEmpty()) return;
    try {
      work(folder);
    } catch (const std::exception& error) {
      result.problem = toQString(error.what());
    }
  };
  attempt(folders.embeddings, [&](const QString& folder) { addEmbeddings(folder, result.words); });
  attempt(folders.wildcards, [&](const QString& folder) {
    for (const std::string& name : wildcardNames(toPath(folder)))
      result.words.push_back({PromptWord::Kind::Wildcard, toQString(name), PromptLibrary::tr("wildcard")});
  });
  return result;
}

}  // namespace

PromptLibrary::PromptLibrary(QObject* parent) : QObject(parent), queue_(this) {
  constexpr int kRescanDelayMs = 800;
  rescanDelay_.setSingleShot(true);
  rescanDelay_.setInterval(kRescanDelayMs);
  connect(&rescanDelay_, &QTimer::timeout, this, &PromptLibrary::rescan);
  connect(&watcher_, &QFileSystemWatcher::directoryChanged, &rescanDelay_, qOverload<>(&QTimer::start));
}

void PromptLibrary::setFolders(const PromptFolders& folders) {
  if (folders == folders_) return;
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

void PromptLibrary::setAdapters(std::vector<PromptWord> words) {
  const bool isNew = !knowsAdapters_;
  knowsAdapters_ = true;
  if (words == fromAdapters_ && !isNew) return;
  fromAdapters_ = std::move(words);
  join();
}

void PromptLibrary::join() {
  words_ = scanned_;
  words_.insert(words_.end(), fromAdapters_.begin(), fromAdapters_.end());
  QCollator order;
  order.setNumericMode(true);
  order.setCaseSensitivity(Qt::CaseInsensitive);
  std::sort(words_.begin(), words_.end(), [&order](const PromptWord& a, const PromptWord& b) {
    return a.kind != b.kind ? a.kind < b.kind : order.compare(a.text, b.text) < 0;
  });
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
  embeddings_.clear();
  adapters_.clear();
  for (const PromptWord& word : words_) {
    if (word.kind == PromptWord::Kind::Embedding) embeddings_.insert(word.text.toCaseFolded());
    if (word.kind == PromptWord::Kind::Adapter) adapters_.insert(word.text);
  }
  emit changed();
}

}  // namespace lorikeet
