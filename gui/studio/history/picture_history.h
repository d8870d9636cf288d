#pragma once
#include <QObject>
#include <QTimer>
#include <atomic>
#include <memory>

#include "studio/history/history_database.h"
#include "studio/history/history_scan.h"
#include "studio/history/trash_log.h"
#include "studio/jobs/background_queue.h"

namespace lorikeet {

/// Every picture that was made, in an index on disk. All work is done on two threads, one that answers and one that
/// reads picture files; answers come as signals. A damaged index is kept aside and made anew from the pictures; stars
/// and what was trashed are in logs of their own and survive that. Several programs may share one index.
class PictureHistory : public QObject {
  Q_OBJECT
 public:
  explicit PictureHistory(const QString& folder, QObject* parent = nullptr);
  ~PictureHistory() override { finish(); }

  /// Opens the index, checks it and looks for pictures in the folders that it does not know yet.
  void open(const QStringList& pictureFolders);
  /// Looks for new pictures in other folders; what is known stays.
  void setFolders(const QStringList& pictureFolders);
  /// Reads every picture of the folders again, and forgets those whose files are gone.
  void rebuild();
  /// Adds a picture that was just saved.
  void add(const QString& file);

  /// Answered by found() with the same number, unless the next search is asked for before this one began.
  void search(quint64 number, const HistoryQuery& query);
  void load(const std::vector<qint64>& ids);
  void askChoices();
  /// Answered by lastWithAdapters().
  void askLastWithAdapters();
  void rate(const std::vector<qint64>& ids, int stars);
  void trash(const std::vector<qint64>& ids);
  /// Puts back what was trashed last, also before a restart; answered by restored().
  void undoTrash();
  bool canUndoTrash() const { return !trashed_.isEmpty(); }

  /// Stops reading pictures and waits for what was asked for.
  void finish();

 signals:
  void found(quint64 number, const std::vector<qint64>& ids);
  void loaded(const QList<HistoryEntry>& entries);
  void choicesFound(const HistoryChoices& choices);
  /// The latest picture that was made with each adapter, by the adapter's name.
  void lastWithAdapters(const QHash<QString, HistoryEntry>& pictures);
  /// Pictures came, went or changed: ask again.
  void changed();
  void trashedPictures(int count);
  /// What was trashed before a restart became known: canUndoTrash().
  void trashKnown();
  void restored(int count);
  /// While picture files are read; total is negative until it is known, done == total at the end.
  void scanned(int done, int total);
  void notice(const QString& sentence);
  void problem(const QString& sentence);

 private:
  template <class Result, class Work, class Done>
  void ask(Work work, Done done);
  void scan(ScanDepth depth);
  void replaceDamaged();
  void poll();

  QString file_;
  QString starsFile_;
  QStringList folders_;
  TrashLog trashLog_;
  QList<TrashedBatch> trashed_;
  std::shared_ptr<HistoryDatabase> reader_;
  std::shared_ptr<HistoryDatabase> writer_;
  std::atomic<bool> ending_ = false;
  std::atomic<quint64> newestSearch_ = 0;
  bool replaced_ = false;
  bool finished_ = false;
  qint64 version_ = 0;
  QTimer pollTimer_;
  BackgroundQueue answers_;
  BackgroundQueue scans_;
};

}  // namespace lorikeet
