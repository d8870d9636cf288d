#include "studio/document/history_store.h"

#include <lorikeet/error.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QDataStream>
#include <QDir>
#include <QFileInfo>
#include <algorithm>
#include <cstdio>

namespace lorikeet {
namespace {

const QByteArray kFileMark("LORIKEET-CANVAS-1\n");
constexpr qint64 kMemoryBudget = 48LL << 20;  // bytes of steps kept in memory although they are on disk
constexpr int kDigestBytes = 16;
constexpr quint32 kMaxHeadBytes = 1 << 16;

QByteArray digestOf(const QByteArray& bytes) { return QCryptographicHash::hash(bytes, QCryptographicHash::Md5); }

QByteArray encodeHead(const HistoryRecord& record, qint64 payloadBytes, const QByteArray& payloadDigest) {
  QByteArray head;
  QDataStream stream(&head, QIODevice::WriteOnly);
  stream << static_cast<quint8>(record.kind) << record.text << record.size << static_cast<qint32>(record.index)
         << payloadBytes << payloadDigest;
  QByteArray framed;
  QDataStream frame(&framed, QIODevice::WriteOnly);
  frame << head;  // its length, then its bytes
  return framed + digestOf(head);
}

/// Reads the entry at the file's position; false where it is incomplete or damaged.
bool readRecord(QFile& file, HistoryRecord& record) {
  QDataStream lengthStream(file.read(4));
  quint32 headBytes = 0;
  lengthStream >> headBytes;
  if (lengthStream.status() != QDataStream::Ok || headBytes > kMaxHeadBytes) return false;
  const QByteArray head = file.read(headBytes);
  if (head.size() != headBytes || file.read(kDigestBytes) != digestOf(head)) return false;
  QDataStream stream(head);
  quint8 kind = 0;
  qint32 index = 0;
  qint64 payloadBytes = 0;
  QByteArray payloadDigest;
  stream >> kind >> record.text >> record.size >> index >> payloadBytes >> payloadDigest;
  if (stream.status() != QDataStream::Ok || payloadBytes < 0) return false;
  record.kind = static_cast<HistoryKind>(kind);
  record.index = index;
  const qint64 offset = file.pos();
  if (payloadBytes > file.size() - offset) return false;
  const QByteArray payload = file.read(payloadBytes);
  if (payload.size() != payloadBytes || digestOf(payload) != payloadDigest) return false;
  record.payload = std::make_shared<HistoryPayload>(file.fileName(), offset, payloadBytes, payloadDigest);
  return true;
}

void replay(LoadedHistory& history, HistoryRecord record) {
  switch (record.kind) {
    case HistoryKind::BasePicture:
    case HistoryKind::BaseMask:
      history.base.push_back(std::move(record));
      return;
    case HistoryKind::Index:
      history.index = std::clamp(record.index, 0, static_cast<int>(history.steps.size()));
      return;
    case HistoryKind::Mask:
    case HistoryKind::Picture:
      history.steps.resize(history.index);  // a new step ends what could be redone
      history.steps.push_back(std::move(record));
      ++history.index;
  }
}

[[noreturn]] void failToOpen(const QFile& file) {
  throw Error(ErrorKind::Io, "The canvas cannot be autosaved to " + file.fileName().toStdString() + ": " +
                                 file.errorString().toStdString() + ".");
}

}  // namespace

HistoryStore::HistoryStore(const QString& file, QObject* parent) : QObject(parent), fileName_(file), file_(file) {
  writer_.setMaxThreadCount(1);
  writer_.setExpiryTimeout(-1);
}

HistoryStore::~HistoryStore() { flush(); }

LoadedHistory HistoryStore::load() {
  LoadedHistory history;
  if (fileName_.isEmpty()) return history;
  flush();
  QDir().mkpath(QFileInfo(fileName_).path());
  if (!file_.open(QIODevice::ReadWrite | QIODevice::Unbuffered)) failToOpen(file_);
  if (file_.read(kFileMark.size()) != kFileMark) {
    if (file_.size() > 0) {  // never overwrite what is not ours
      file_.close();
      QFile::rename(fileName_, fileName_ + QStringLiteral(".unreadable"));
      return load();
    }
    if (file_.write(kFileMark) != kFileMark.size()) failToOpen(file_);
    return history;
  }
  qint64 end = file_.pos();
  for (HistoryRecord record; readRecord(file_, record); record = {}) {
    replay(history, std::move(record));
    end = file_.pos();
  }
  file_.resize(end);
  file_.seek(end);
  return history;
}

void HistoryStore::rewrite(const std::vector<HistoryRecord>& records) {
  flush();
  if (fileName_.isEmpty()) return;
  QFile fresh(fileName_ + QStringLiteral(".new"));
  bool written = fresh.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered) &&
                 fresh.write(kFileMark) == kFileMark.size();
  for (size_t i = 0; written && i < records.size(); ++i) written = writeRecord(fresh, records[i]);
  written = written && ::fdatasync(fresh.handle()) == 0;
  file_.close();
  if (written && std::rename(QFile::encodeName(fresh.fileName()), QFile::encodeName(fileName_)) == 0) return;
  fresh.remove();
  failToOpen(fresh);
}

qint64 HistoryStore::byteSize() const { return QFileInfo(fileName_).size(); }

HistoryPayloadPtr HistoryStore::append(HistoryRecord record, HistoryPayload::Encoder encoder) {
  record.payload = std::make_shared<HistoryPayload>(std::move(encoder));
  enqueue(record);
  return record.payload;
}

void HistoryStore::appendIndex(int index) {
  if (fileName_.isEmpty()) return;
  HistoryRecord record;
  record.kind = HistoryKind::Index;
  record.index = index;
  enqueue(record);
}

void HistoryStore::enqueue(const HistoryRecord& record) {
  writer_.start([this, record] {
    if (record.payload) record.payload->encode();
    if (fileName_.isEmpty()) return;
    pending_.push_back(record);
    writePending();
  });
}

void HistoryStore::flush() { writer_.waitForDone(); }

void HistoryStore::writePending() {
  while (!pending_.empty()) {
    const qint64 start = file_.pos();
    if (!file_.isOpen() || !writeRecord(file_, pending_.front())) {
      const QString reason = file_.errorString();
      if (file_.isOpen()) file_.resize(start);
      file_.seek(start);
      if (!failing_) emit failed(tr("The canvas is not being saved: %1.").arg(reason));
      failing_ = true;
      return;
    }
    limitMemory(pending_.front().payload);
    pending_.pop_front();
    failing_ = false;
  }
  ::fdatasync(file_.handle());
}

bool HistoryStore::writeRecord(QFile& file, const HistoryRecord& record) const {
  const QByteArray payload = record.payload ? record.payload->bytes() : QByteArray();
  const QByteArray digest = digestOf(payload);
  const QByteArray head = encodeHead(record, payload.size(), digest);
  const qint64 offset = file.pos() + head.size();
  if (file.write(head) != head.size() || file.write(payload) != payload.size()) return false;
  if (record.payload) record.payload->setOnDisk(fileName_, offset, digest);
  return true;
}

void HistoryStore::limitMemory(const HistoryPayloadPtr& newest) {
  if (!newest) return;
  const qint64 byteSize = newest->bytes().size();
  inMemory_.emplace_back(newest, byteSize);
  bytesInMemory_ += byteSize;
  while (bytesInMemory_ > kMemoryBudget && inMemory_.size() > 1) {
    if (const HistoryPayloadPtr oldest = inMemory_.front().first.lock()) oldest->releaseMemory();
    bytesInMemory_ -= inMemory_.front().second;
    inMemory_.pop_front();
  }
}

}  // namespace lorikeet
