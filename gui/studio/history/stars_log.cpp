#include "studio/history/stars_log.h"

#include <lorikeet/error.h>

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

#include "studio/storage/durable_log.h"

namespace lorikeet {
namespace {

/// SHA-256 of a file in hexadecimal digits; empty where it cannot be read.
QString contentDigest(const QString& name) {
  QFile file(name);
  QCryptographicHash hash(QCryptographicHash::Sha256);
  if (!file.open(QIODevice::ReadOnly) || !hash.addData(&file)) return {};
  return QString::fromLatin1(hash.result().toHex());
}

}  // namespace

StarsLog StarsLog::read(const QString& file) {
  StarsLog log;
  LogContents contents;
  try {
    contents = DurableLog::read(file);
  } catch (const Error&) {  // pictures are shown without stars then
  }
  for (const QByteArray& record : contents.records) {
    const QJsonObject json = QJsonDocument::fromJson(record).object();
    const int stars = std::clamp(json[u"stars"].toInt(), 0, 5);
    for (const QJsonValue name : json[u"files"].toArray()) log.byName_.insert(name.toString(), stars);
    for (const QJsonValue picture : json[u"contents"].toArray())
      log.byContent_[picture[u"size"].toInteger()].insert(picture[u"sha256"].toString(), stars);
  }
  return log;
}

void StarsLog::write(const QString& file, const QList<HistoryEntry>& entries, int stars) {
  QJsonArray names;
  QJsonArray contents;
  for (const HistoryEntry& entry : entries) {
    names << entry.file;
    const QString digest = contentDigest(entry.file);
    if (!digest.isEmpty())
      contents << QJsonObject{{QStringLiteral("size"), QFile(entry.file).size()}, {QStringLiteral("sha256"), digest}};
  }
  const QJsonObject json{
      {QStringLiteral("files"), names}, {QStringLiteral("contents"), contents}, {QStringLiteral("stars"), stars}};
  DurableLog(file).append(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

int StarsLog::starsOf(const HistoryEntry& entry) const {
  if (const auto known = byName_.constFind(entry.file); known != byName_.constEnd()) return *known;
  const auto sameSize = byContent_.constFind(entry.byteSize);
  return sameSize == byContent_.constEnd() ? 0 : sameSize->value(contentDigest(entry.file));
}

}  // namespace lorikeet
