#pragma once
#include <QFileSystemWatcher>
#include <QObject>
#include <QSet>
#include <QStringList>
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

/// By kind and then by name; equal ones once.
void sortPromptWords(std::vector<PromptWord>& words);

/// What the adapters of a library give to prompts.
struct AdapterWords {
  std::vector<PromptWord> words;  ///< names and trigger words, sorted
  QSet<QString> names;            ///< all that tags may call them

  bool operator==(const AdapterWords&) const = default;
};

/// Where the words come from.
struct PromptFolders {
  QString embeddings;
  QString wildcards;
  QStringList adapters;  ///< where jobs look adapters up; an AdapterLibrary lists them

  bool operator==(const PromptFolders&) const = default;
};

/// The words that prompts may use: embeddings and wildcards of the chosen folders, and what adapters bring along. The
/// folders are scanned off the window's thread and again when they change.
class PromptLibrary : public QObject {
  Q_OBJECT
 public:
  explicit PromptLibrary(QObject* parent = nullptr);

  const PromptFolders& folders() const { return folders_; }
  void setFolders(const PromptFolders& folders);
  void rescan();
  /// What the library of adapters knows. Until then no adapter counts as unknown.
  void setAdapters(const AdapterWords& words);

  /// All words, by kind and then by name.
  const std::vector<PromptWord>& words() const { return words_; }
  bool knowsEmbedding(const QString& word) const { return embeddings_.contains(word.toCaseFolded()); }
  bool knowsAdapters() const { return knowsAdapters_; }
  bool knowsAdapter(const QString& name) const { return fromAdapters_.names.contains(name); }
  /// What was wrong with a folder in the last scan, a sentence; empty: nothing.
  const QString& problem() const { return problem_; }

 signals:
  void changed();
  void scanFinished();

 private:
  void join();

  PromptFolders folders_;
  std::vector<PromptWord> scanned_;
  AdapterWords fromAdapters_;
  std::vector<PromptWord> words_;
  QSet<QString> embeddings_;  ///< case folded
  bool knowsAdapters_ = false;
  QString problem_;
  quint64 generation_ = 0;
  QFileSystemWatcher watcher_;
  QTimer rescanDelay_;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
