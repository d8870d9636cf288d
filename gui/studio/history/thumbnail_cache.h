#pragma once
#include <QCache>
#include <QImage>
#include <QMutex>
#include <QObject>
#include <QSet>
#include <QThreadPool>
#include <atomic>
#include <deque>

#include "studio/history/history_entry.h"

namespace lorikeet {

/// Small pictures of the history, made on a thread of its own, kept on disk and the most recent ones in memory. What
/// was asked for last is made first: it is what the user sees.
class ThumbnailCache : public QObject {
  Q_OBJECT
 public:
  static constexpr int kSide = 256;  ///< pixels, the longer side

  explicit ThumbnailCache(QString folder, QObject* parent = nullptr);
  ~ThumbnailCache() override;

  /// Null while it is being made, and for files that cannot be read.
  QImage thumbnail(const HistoryEntry& entry);

 signals:
  /// A thumbnail is there.
  void ready(qint64 id);

 private:
  void work();
  void deliver(qint64 id, const QImage& image);

  QString folder_;
  QCache<qint64, QImage> images_;
  QSet<qint64> asked_;
  QMutex mutex_;
  std::deque<HistoryEntry> wanted_;  ///< newest wish in front
  bool working_ = false;
  std::atomic<bool> ending_ = false;
  QThreadPool pool_;
};

/// The picture's thumbnail, from its file in `folder` or made and put there. Null for a file that cannot be read.
QImage thumbnailFor(const HistoryEntry& entry, const QString& folder);

}  // namespace lorikeet
