#include "studio/library/prompt_library.h"

#include <lorikeet/adapter_tags.h>
#include <lorikeet/prompt.h>

#include <QCollator>
#include <QDir>
#include <algorithm>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

struct ScannedWords {
  std::vector<PromptWord> words;
  std::vector<PromptWord> adapters;
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

void addAdapters(const QString& folder, std::vector<PromptWord>& words) {
  std::error_code ignored;
  if (folder.isEmpty() && !std::filesystem::exists(defaultAdapterFolder(), ignored)) return;
  const QDir root(folder.isEmpty() ? pathToQString(defaultAdapterFolder()) : folder);
  for (const NamedAdapter& adapter : listAdapters(toPath(folder))) {
    const QString place = QFileInfo(root.relativeFilePath(pathToQString(adapter.file))).path();
    words.push_back({PromptWord::Kind::Adapter, toQString(adapter.name), place == u"." ? QString() : place});
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
  attempt(folders.adapters, [&](const QString& folder) { addAdapters(folder, result.adapters); });
  if (folders.wildcards.isEmpty()) return result;
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
  if (folders == folders_ && generation_ > 0) return;
  folders_ = folders;
  if (!watcher_.directories().isEmpty()) watcher_.removePaths(watcher_.directories());
  const QString adapters = folders.adapters.isEmpty() ? pathToQString(defaultAdapterFolder()) : folders.adapters;
  for (const QString& folder : {folders.embeddings, folders.wildcards, adapters})
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
               setAdapters(std::move(scanned.adapters));
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
