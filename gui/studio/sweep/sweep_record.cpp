#include "studio/sweep/sweep_record.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "studio/jobs/convert.h"
#include "studio/settings/request_json.h"

namespace lorikeet {
namespace {

std::optional<SweepAxis> axisOf(const QJsonValue& value) {
  try {
    return parseSweepAxis(value.toString().toStdString());
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

QByteArray toJson(const SweepRecord& record) {
  QJsonObject json{{QStringLiteral("id"), record.id},
                   {QStringLiteral("x"), toQString(toText(record.x))},
                   {QStringLiteral("grid"), record.grid},
                   {QStringLiteral("files"), QJsonArray::fromStringList(record.files)}};
  if (record.y) json[u"y"] = toQString(toText(*record.y));
  json[u"request"] = QString::fromUtf8(toJson(record.base));  // as text: QJsonValue would round large seeds
  return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

std::optional<SweepRecord> sweepFromJson(const QByteArray& text) {
  const QJsonObject json = QJsonDocument::fromJson(text).object();
  const std::optional<SweepAxis> x = axisOf(json[u"x"]);
  if (!x || json[u"id"].toString().isEmpty() || !json[u"request"].isString()) return std::nullopt;
  SweepRecord record;
  record.id = json[u"id"].toString();
  record.base = requestFromJson(json[u"request"].toString().toUtf8());
  record.x = *x;
  if (json.contains(u"y")) {
    record.y = axisOf(json[u"y"]);
    if (!record.y) return std::nullopt;
  }
  record.grid = json[u"grid"].toString();
  const QJsonArray files = json[u"files"].toArray();
  for (const QJsonValue file : files) record.files << file.toString();
  return record;
}

}  // namespace lorikeet
