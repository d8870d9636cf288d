#include "studio/settings/request_json.h"

#include <QJsonDocument>
#include <QJsonObject>

#include "studio/jobs/convert.h"
#include "studio/settings/adapter_json.h"

namespace lorikeet {
namespace {

template <class Enum>
QString nameIn(std::span<const EnumName<Enum>> table, Enum value) {
  for (const auto& row : table)
    if (row.value == value) return toQString(row.name);
  return {};
}

template <class Enum>
void read(const QJsonObject& json, const char* key, std::span<const EnumName<Enum>> table, Enum& value) {
  const QString name = json[QLatin1String(key)].toString();
  for (const auto& row : table)
    if (toQString(row.name) == name) value = row.value;
}

QString read(const QJsonObject& json, const char* key) { return json[QLatin1String(key)].toString(); }

void read(const QJsonObject& json, const char* key, int& value) { value = json[QLatin1String(key)].toInt(value); }

void read(const QJsonObject& json, const char* key, double& value) { value = json[QLatin1String(key)].toDouble(value); }

void writeAdapters(const GenerateRequest& request, QJsonObject& json) {
  if (!request.adapters.empty()) json[u"adapters"] = toJson(request.adapters);
  if (!request.embeddings.empty()) json[u"embeddings"] = pathsToJson(request.embeddings);
}

void readAdapters(const QJsonObject& json, GenerateRequest& request) {
  request.adapters = adaptersFromJson(json[u"adapters"].toArray());
  request.embeddings = pathsFromJson(json[u"embeddings"].toArray());
}

bool isValid(const GenerateRequest& request) {
  try {
    validate(request);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

QByteArray toJson(const GenerateRequest& request) {
  QJsonObject json;
  json[u"model"] = pathToQString(request.model);
  json[u"prompt"] = toQString(request.prompt);
  json[u"negative_prompt"] = toQString(request.negativePrompt);
  json[u"seed"] = QString::number(request.seed);  // a JSON number is a double and would lose digits
  json[u"num"] = request.imageCount;
  json[u"steps"] = request.steps;
  json[u"width"] = request.width;
  json[u"height"] = request.height;
  json[u"guidance"] = request.guidanceScale;
  json[u"sampler"] = nameIn(samplerNames(), request.sampler);
  json[u"schedule"] = nameIn(scheduleNames(), request.schedule);
  json[u"spacing"] = nameIn(spacingNames(), request.spacing);
  json[u"eta"] = request.eta;
  json[u"clip_skip"] = request.clipSkip;
  json[u"rng"] = nameIn(noiseSourceNames(), request.noiseSource);
  json[u"precision"] = nameIn(precisionNames(), request.precision);
  writeAdapters(request, json);
  return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

GenerateRequest requestFromJson(const QByteArray& text) {
  const QJsonObject json = QJsonDocument::fromJson(text).object();
  GenerateRequest request;
  request.model = toPath(read(json, "model"));
  request.prompt = read(json, "prompt").toStdString();
  request.negativePrompt = read(json, "negative_prompt").toStdString();
  bool seedIsNumber = false;
  const quint64 seed = read(json, "seed").toULongLong(&seedIsNumber);
  if (seedIsNumber) request.seed = seed;
  read(json, "num", request.imageCount);
  read(json, "steps", request.steps);
  read(json, "width", request.width);
  read(json, "height", request.height);
  read(json, "guidance", request.guidanceScale);
  read(json, "sampler", samplerNames(), request.sampler);
  read(json, "schedule", scheduleNames(), request.schedule);
  read(json, "spacing", spacingNames(), request.spacing);
  read(json, "eta", request.eta);
  read(json, "clip_skip", request.clipSkip);
  read(json, "rng", noiseSourceNames(), request.noiseSource);
  read(json, "precision", precisionNames(), request.precision);
  readAdapters(json, request);
  if (isValid(request)) return request;
  GenerateRequest safe;
  safe.prompt = request.prompt;
  safe.negativePrompt = request.negativePrompt;
  safe.model = request.model;
  return safe;
}

}  // namespace lorikeet
