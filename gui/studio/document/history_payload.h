#pragma once
#include <QByteArray>
#include <QString>
#include <functional>
#include <memory>
#include <mutex>

namespace lorikeet {

/// The data of one undoable step: first as something to encode, then in memory, on disk or both. Thread-safe.
class HistoryPayload {
 public:
  using Encoder = std::function<QByteArray()>;

  explicit HistoryPayload(Encoder encoder) : encoder_(std::move(encoder)) {}
  /// A payload that is on disk already; digest: its MD5 sum.
  HistoryPayload(const QString& file, qint64 offset, qint64 byteSize, const QByteArray& digest);

  /// The encoded bytes, from wherever they are. Throws Error(Io or Corrupt) where the file no longer has them.
  QByteArray bytes() const;

  /// Encodes and keeps the result, so that what the encoder holds can go. Returns it.
  QByteArray encode();
  void setOnDisk(const QString& file, qint64 offset, const QByteArray& digest);
  /// Forgets the bytes in memory if they are on disk.
  void releaseMemory();

 private:
  QByteArray readFromDisk() const;

  mutable std::mutex mutex_;
  Encoder encoder_;
  QByteArray bytes_;
  QString file_;
  qint64 offset_ = -1;
  qint64 byteSize_ = 0;
  QByteArray digest_;
};

using HistoryPayloadPtr = std::shared_ptr<HistoryPayload>;

}  // namespace lorikeet
