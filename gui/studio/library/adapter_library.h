#pragma once
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>
#include <atomic>
#include <vector>

#include "studio/jobs/background_queue.h"
#include "studio/library/adapter_notes.h"
#include "studio/library/adapter_scan.h"
#include "studio/library/prompt_library.h"

namespace lorikeet {

/// The adapters that a person has: all files of some folders, what they and their sidecars say, and what the person
/// noted about them. Folders are listed off the window's thread, and again when they change; files are read once, a few
/// at a time, and an index on disk remembers them. A file that cannot be used is an entry with its reason; files of
/// other kinds are left out.
class AdapterLibrary : public QObject {
  Q_OBJECT
 public:
  /// Index and notes go into `dataFolder`.
  explicit AdapterLibrary(const QString& dataFolder, QObject* parent = nullptr);
  ~AdapterLibrary() override { finish(); }

  /// Looks into these folders; the first one that holds a path below it counts for tags.
  void setFolders(const QStringList& folders);
  const QStringList& folders() const { return folders_; }
  void rescan();
  /// Files are being listed or read.
  bool isBusy() const { return scanning_ || unread_ > 0; }
  /// Files that are still to be read.
  int unreadCount() const { return unread_; }

  /// By name.
  const std::vector<LibraryAdapter>& adapters() const { return adapters_; }
  /// The row of a file or folder; -1: it is not in the library.
  int rowOf(const QString& file) const { return rows_.value(file, -1); }
  /// The weight that a file comes into the stack with; 1 for files that are not in the library.
  double defaultWeightOf(const QString& file) const;
  void setNote(int row, const AdapterNote& note);

  /// Stops reading and waits until all notes are on disk.
  void finish();

 signals:
  /// Another list of adapters, all rows are new.
  void listed();
  /// More is known of these rows.
  void changed(const std::vector<int>& rows);
  /// All folders are listed and all files are read.
  void finished();
  /// What prompts may name is known, or known better.
  void wordsFound(const AdapterWords& words);
  void problem(const QString& sentence);

 private:
  struct ReadFile {
    QString file;
    AdapterContents contents;
  };
  void show(AdapterScan scan);
  void remember(const AdapterScan& scan);
  void leaveOthersOut();
  void findWords();
  void watch(const QStringList& folders);
  void readMore();
  void take(const std::vector<ReadFile>& files);
  void writeIndex();
  void end();

  QString indexFile_;
  AdapterNotes notes_;
  bool knowsIndex_ = false;
  QStringList folders_;
  std::vector<LibraryAdapter> adapters_;
  QHash<QString, int> rows_;
  KnownAdapters known_;  ///< also files of other kinds, and those of folders that are away for now
  int unread_ = 0;
  bool scanning_ = false;
  bool indexIsOld_ = false;
  quint64 generation_ = 0;
  bool finished_ = false;
  std::atomic<bool> ending_ = false;
  QFileSystemWatcher watcher_;
  QTimer rescanDelay_;
  BackgroundQueue queue_;
  BackgroundQueue writes_;
};

}  // namespace lorikeet
