#include "studio/history/trash_log.h"

#include <lorikeet/error.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "studio/storage/durable_log.h"

namespace lorikeet {
namespace {

QByteArray recordOf(const QJsonObject& json) { return QJsonDocument(json).toJson(QJsonDocument::Compact); }

TrashedBatch batchOf(const QJsonObject& json) {
  TrashedBatch batch{json[u"trashed"].toString(), {}};
  for (const QJsonValue picture : json[u"pictures"].toArray())
    batch.pictures << TrashedPicture{picture[u"file"].toString(), picture[u"trash"].toString()};
  return batch;
}

}  // namespace

QList<TrashedBatch> TrashLog::read() const {
  LogContents contents;
  try {
    contents = DurableLog::read(file_);
  } catch (const Error&) {  // then what was trashed earlier can only be taken out of the desktop's trash
  }
  QList<TrashedBatch> batches;
  for (const QByteArray& record : contents.records) {
    const QJsonObject json = QJsonDocument::fromJson(record).object();
    if (json.contains(u"trashed")) batches << batchOf(json);
    const QString restored = json[u"restored"].toString();
    batches.removeIf([&restored](const TrashedBatch& batch) { return batch.id == restored; });
  }
  for (TrashedBatch& batch : batches)
    batch.pictures.removeIf([](const TrashedPicture& picture) { return !QFile::exists(picture.trashFile); });
  batches.removeIf([](const TrashedBatch& batch) { return batch.pictures.isEmpty(); });
  return batches;
}

void TrashLog::add(const TrashedBatch& batch) const {
  QJsonArray pictures;
  for (const auto& [file, trashFile] : batch.pictures)
    pictures << QJsonObject{{QStringLiteral("file"), file}, {QStringLiteral("trash"), trashFile}};
  DurableLog(file_).append(recordOf({{QStringLiteral("trashed"), batch.id}, {QStringLiteral("pictures"), pictures}}));
}

void TrashLog::remove(const QString& id) const {
  DurableLog(file_).append(recordOf({{QStringLiteral("restored"), id}}));
}

}  // namespace lorikeet
