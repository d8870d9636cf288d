#pragma once
#include <QFileSystemWatcher>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <vector>

#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// A word that means more in a prompt than its letters.
struct PromptWord {
  enum class Kind { Embedding, Wildcard, Adapter, Trigger };
  Kind kind = Kind::Embedding;
  QString text;    ///< as it is written: "EasyNegative", "animals/cats", "ink"
  QString detail;  ///< "8 tokens", "ink": what stands beside it in a list

  bool operator==(const PromptWord&) const = default;
};

/// Where the words come from.
struct PromptFolders {
  QString embeddings;
  QString wildcards;
  QString adapters;  ///< empty: defaultAdapterFolder()

  bool operator==(const PromptFolders&) const = default;
};

/// The words that prompts may use: embeddings, wildcards and adapters of the chosen folders, and trigger words.
/// The folders are scanned off the window's thread and again when they change.
class PromptLibrary : public QObject {
  Q_OBJECT
 public:
  explicit PromptLibrary(QObject* parent = nullptr);

  const PromptFolders& folders() const { return folders_; }
  void setFolders(const PromptFolders& folders);
  void rescan();
  /// Names and trigger words of adapters; those of the folder after every scan of it. Until then no adapter counts as
  /// unknown.
  void setAdapters(std::vector<PromptWord> words);

  /// All words, by kind and then by name.
  const std::vector<PromptWord>& words() const { return words_; }
  bool knowsEmbedding(const QString& word) const { return embeddings_.contains(word.toCaseFolded()); }
  bool knowsAdapters() const { return knowsAdapters_; }
  bool knowsAdapter(const QString& name) const { return adapters_.contains(name); }
  /// What was wrong with a folder in the last scan, a sentence; empty: nothing.
  const QString& problem() const { return problem_; }

 signals:
  void changed();
  void scanFinished();

 private:
  void join();

  PromptFolders folders_;
  std::vector<PromptWord> scanned_;
  std::vector<PromptWord> fromAdapters_;
  std::vector<PromptWord> words_;
  QSet<QString> embeddings_;  ///< case folded
  QSet<QString> adapters_;
  bool knowsAdapters_ = false;
  QString problem_;
  quint64 generation_ = 0;
  QFileSystemWatcher watcher_;
  QTimer rescanDelay_;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
