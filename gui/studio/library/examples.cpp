#include "studio/library/examples.h"

#include <lorikeet/engine.h>
#include <lorikeet/error.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "studio/settings/request_json.h"

namespace lorikeet {
namespace {

/// Adapters are named below the starter model's folder, wherever that is. False: one of them is not installed.
bool findAdapters(std::vector<AdapterUse>& adapters) {
  for (AdapterUse& use : adapters) {
    try {
      use.file = findResources() / "starter" / use.file;
    } catch (const Error&) {
      return false;
    }
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(use.file, ignored)) return false;
  }
  return true;
}

}  // namespace

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
    if (!example.request.prompt.empty() && findAdapters(example.request.adapters))
      examples.push_back(std::move(example));
  }
  return examples;
}

}  // namespace lorikeet
