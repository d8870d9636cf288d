#include "studio/document/history_payload.h"

#include <lorikeet/error.h>

#include <QCryptographicHash>
#include <QFile>

namespace lorikeet {

HistoryPayload::HistoryPayload(const QString& file, qint64 offset, qint64 byteSize, const QByteArray& digest)
    : file_(file), offset_(offset), byteSize_(byteSize), digest_(digest) {}

QByteArray HistoryPayload::bytes() const {
  Encoder encoder;
  {
    const std::lock_guard lock(mutex_);
    if (!bytes_.isNull()) return bytes_;
    if (offset_ >= 0) return readFromDisk();
    encoder = encoder_;
  }
  return encoder();
}

QByteArray HistoryPayload::encode() {
  QByteArray encoded = bytes();
  const std::lock_guard lock(mutex_);
  bytes_ = encoded;
  byteSize_ = encoded.size();
  encoder_ = nullptr;
  return encoded;
}

void HistoryPayload::setOnDisk(const QString& file, qint64 offset, const QByteArray& digest) {
  const std::lock_guard lock(mutex_);
  file_ = file;
  offset_ = offset;
  digest_ = digest;
}

void HistoryPayload::releaseMemory() {
  const std::lock_guard lock(mutex_);
  if (offset_ >= 0) bytes_ = QByteArray();
}

QByteArray HistoryPayload::readFromDisk() const {
  QFile file(file_);
  if (!file.open(QIODevice::ReadOnly) || !file.seek(offset_)) {
    throw Error(ErrorKind::Io, "The canvas history cannot be read: " + file.errorString().toStdString() + ".");
  }
  QByteArray found = file.read(byteSize_);
  if (QCryptographicHash::hash(found, QCryptographicHash::Md5) != digest_) {
    throw Error(ErrorKind::Corrupt, "The canvas history on disk was changed or damaged.");
  }
  return found;
}

}  // namespace lorikeet
