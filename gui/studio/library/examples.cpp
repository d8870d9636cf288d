#include "studio/library/examples.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "studio/settings/request_json.h"

namespace lorikeet {

std::vector<Example> loadExamples(const QString& folder) {
  QFile file(QDir(folder).filePath(QStringLiteral("examples.json")));
  if (!file.open(QIODevice::ReadOnly)) return {};
  std::vector<Example> examples;
  const QJsonArray list = QJsonDocument::fromJson(file.readAll()).array();
  for (const QJsonValue& value : list) {
    const QJsonObject object = value.toObject();
    Example example;
    example.title = object[u"title"].toString();
    example.request = requestFromJson(QJsonDocument(object).toJson());
    example.picture = QImage(QDir(folder).filePath(object[u"picture"].toString()));
    if (!example.request.prompt.empty()) examples.push_back(std::move(example));
  }
  return examples;
}

}  // namespace lorikeet
