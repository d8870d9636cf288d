#pragma once
#include <QObject>
#include <functional>
#include <memory>

#include "studio/jobs/background_queue.h"
#include "studio/jobs/queue_records.h"
#include "studio/storage/durable_log.h"
#include "studio/storage/file_lock.h"
#include "studio/storage/picture_vault.h"

namespace lorikeet {

/// Keeps the queue on disk, so that a crash, a kill and a power cut lose no job. Every change is appended and flushed
/// in order on a thread of its own. A program has a journal to itself, in the first free of several places; journals
/// whose program is gone are taken over, so that two programs on one folder neither mix nor lose their jobs.
class QueueJournal : public QObject {
  Q_OBJECT
 public:
  explicit QueueJournal(const QString& folder, QObject* parent = nullptr);
  ~QueueJournal() override { finish(); }

  /// Reads what earlier programs left. Does not throw: a journal that cannot be used is kept aside and told in
  /// `notices`, one sentence each.
  QueueContents open(QStringList& notices);

  void writeJob(quint64 id, const GenerateRequest& request, const SweepPlace& place = {});
  void writeOrder(const std::vector<quint64>& ids);
  void writeState(const QueueJob& job);
  void writeRemoved(quint64 id);
  void writePaused(bool paused);
  /// Writes everything anew, after a change could not be written.
  void writeAll(const QueueContents& contents);
  /// Waits until everything is on disk.
  void finish() { queue_.finish(); }

 signals:
  /// Everything up to now is on disk.
  void written();
  void failed(const QString& message);

 private:
  struct Place {
    QString file;
    FileLock lock;
  };
  std::vector<Place> takeFreePlaces(bool& alone);
  QueueContents readPlace(const QString& file, QStringList& notices);
  void write(std::function<QByteArray()> makeRecord);
  void attempt(std::function<void(DurableLog&)> work);
  void deliver(const QString& problem);

  QString folder_;
  PictureVault vault_;
  FileLock lock_;
  std::unique_ptr<DurableLog> log_;
  bool failing_ = false;
  BackgroundQueue queue_;
};

}  // namespace lorikeet
