#include "studio/library/adapter_notes.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include "studio/storage/durable_log.h"

namespace lorikeet {
namespace {

QJsonObject recordOf(const LibraryAdapter& adapter) {
  QJsonObject record{{QStringLiteral("file"), adapter.file},
                     {QStringLiteral("size"), QString::number(adapter.byteSize)},
                     {QStringLiteral("favourite"), adapter.note.favourite},
                     {QStringLiteral("text"), adapter.note.text}};
  if (adapter.note.weight) record[u"weight"] = *adapter.note.weight;
  return record;
}

AdapterNote noteOf(const QJsonObject& record) {
  constexpr double kLargestWeight = 10;
  AdapterNote note{record[u"favourite"].toBool(), record[u"text"].toString(), {}};
  const double weight = record[u"weight"].toDouble(2 * kLargestWeight);
  if (qAbs(weight) <= kLargestWeight) note.weight = weight;
  return note;
}

}  // namespace

void AdapterNotes::load() {
  byPath_.clear();
  byNameAndSize_.clear();
  for (const QByteArray& line : DurableLog::read(file_).records) {
    const QJsonObject record = QJsonDocument::fromJson(line).object();
    keep(record[u"file"].toString(), record[u"size"].toString().toLongLong(), noteOf(record));
  }
}

AdapterNote AdapterNotes::find(const LibraryAdapter& adapter) const {
  const auto known = byPath_.constFind(adapter.file);
  if (known != byPath_.constEnd()) return *known;
  return byNameAndSize_.value({QFileInfo(adapter.file).fileName(), adapter.byteSize});
}

void AdapterNotes::set(const LibraryAdapter& adapter) { keep(adapter.file, adapter.byteSize, adapter.note); }

void AdapterNotes::save(const QString& file, const LibraryAdapter& adapter) {
  DurableLog(file).append(QJsonDocument(recordOf(adapter)).toJson(QJsonDocument::Compact));
}

void AdapterNotes::keep(const QString& path, qint64 byteSize, const AdapterNote& note) {
  byPath_[path] = note;
  byNameAndSize_[{QFileInfo(path).fileName(), byteSize}] = note;
}

}  // namespace lorikeet
