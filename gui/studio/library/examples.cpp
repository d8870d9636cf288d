#include "studio/library/examples.h"

#include <lorikeet/engine.h>
#include <lorikeet/error.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "studio/document/request_pictures.h"
#include "studio/jobs/convert.h"
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

/// Pictures are named beside the list, which lies in the program itself: a request takes their pixels. False: one is
/// not there, or the request is not for the starter model and its ControlNet that are installed.
bool findPictures(GenerateRequest& request, const QJsonObject& written, const QDir& folder) {
  if (qsizetype(request.controls.size()) != written[u"controls"].toArray().size()) return false;
  if (request.init.empty() != !written.contains(u"init")) return false;
  const auto read = [&folder](const std::filesystem::path& file) {
    return QImage(folder.filePath(pathToQString(file)));
  };
  std::vector<PictureSource*> sources{&request.init};
  for (ControlUnit& unit : request.controls) sources.push_back(&unit.picture);
  for (PictureSource* source : sources) {
    if (source->empty()) continue;
    const QImage picture = read(source->file);
    if (picture.isNull()) return false;
    *source = fromQImage(picture);
  }
  if (request.mask.empty()) return true;
  const QImage mask = read(request.mask.file);
  if (!mask.isNull()) request.mask = toMask(mask.convertToFormat(QImage::Format_Grayscale8));
  return !mask.isNull();
}

}  // namespace

std::vector<Example> loadExamples(const QString& folder) {
  QFile file(QDir(folder).filePath(QStringLiteral("examples.json")));
  if (!file.open(QIODevice::ReadOnly)) return {};
  std::vector<Example> examples;
  const QJsonArray list = QJsonDocument::fromJson(file.readAll()).array();
  for (const QJsonValue value : list) {
    const QJsonObject object = value.toObject();
    Example example;
    example.title = object[u"title"].toString();
    example.request = requestFromJson(QJsonDocument(object).toJson());
    example.picture = QImage(QDir(folder).filePath(object[u"picture"].toString()));
    if (!example.request.prompt.empty() && findAdapters(example.request.adapters) &&
        findPictures(example.request, object, QDir(folder)))
      examples.push_back(std::move(example));
  }
  return examples;
}

}  // namespace lorikeet
