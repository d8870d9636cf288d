#pragma once
#include <QFile>
#include <QObject>
#include <QSize>
#include <QString>
#include <QThreadPool>
#include <deque>
#include <vector>

#include "studio/document/history_payload.h"

namespace lorikeet {

/// What one entry of the history is.
enum class HistoryKind : quint8 { Mask = 1, Picture = 2, Index = 3, BasePicture = 4, BaseMask = 5 };

/// One entry of the history as the file holds it.
struct HistoryRecord {
  HistoryKind kind = HistoryKind::Mask;
  QString text;   ///< what the undo menu says
  QSize size;     ///< of the picture after a Picture entry
  int index = 0;  ///< Index entries: how many steps are done
  HistoryPayloadPtr payload;
};

/// A history as it was left: steps in order, of which the first `index` are done.
struct LoadedHistory {
  std::vector<HistoryRecord> base;  ///< the state before the first step
  std::vector<HistoryRecord> steps;
  int index = 0;
};

/// The journal of a canvas: every step is appended to a file in the background as soon as it is made, so the canvas
/// and its whole undo history are there again after a crash, while memory holds only recent steps. Entries carry
/// checksums; an incomplete last one (power cut) is dropped when the file is loaded. Used from the GUI thread.
class HistoryStore : public QObject {
  Q_OBJECT
 public:
  /// An empty name keeps everything in memory.
  explicit HistoryStore(const QString& file, QObject* parent = nullptr);
  ~HistoryStore() override;

  /// Reads the file, cuts off a damaged end, and makes ready to append. Throws Error(Io) where it cannot be opened.
  LoadedHistory load();
  /// Replaces the file, in one step, by one with just these entries; load() it again after that. Throws Error(Io).
  void rewrite(const std::vector<HistoryRecord>& records);
  qint64 byteSize() const;

  HistoryPayloadPtr append(HistoryRecord record, HistoryPayload::Encoder encoder);
  void appendIndex(int index);
  /// Waits until everything is on disk.
  void flush();

 signals:
  /// Autosaving stopped working (one sentence); it is tried again with every step.
  void failed(const QString& sentence);

 private:
  void enqueue(const HistoryRecord& record);
  void writePending();
  bool writeRecord(QFile& file, const HistoryRecord& record) const;
  void limitMemory(const HistoryPayloadPtr& newest);

  QString fileName_;
  QThreadPool writer_;  // one thread, in order
  // Below: the writer's own, and the GUI thread's while nothing is queued.
  QFile file_;
  std::deque<HistoryRecord> pending_;
  std::deque<std::pair<std::weak_ptr<HistoryPayload>, qint64>> inMemory_;  // with their sizes
  qint64 bytesInMemory_ = 0;
  bool failing_ = false;
};

}  // namespace lorikeet
