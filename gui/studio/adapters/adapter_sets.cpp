#include "studio/adapters/adapter_sets.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "studio/settings/request_json.h"
#include "studio/settings/settings.h"

namespace lorikeet {
namespace {

QJsonObject readSets(const Settings& settings) { return QJsonDocument::fromJson(settings.adapterSets()).object(); }

void writeSets(Settings& settings, const QJsonObject& sets) {
  settings.setAdapterSets(QJsonDocument(sets).toJson(QJsonDocument::Compact));
}

/// Sets hold their rows as requests do.
const QString& rowsKey() {
  static const QString key = QStringLiteral("adapters");
  return key;
}

QJsonArray toRows(const std::vector<AdapterUse>& uses) {
  GenerateRequest request;
  request.adapters = uses;
  return QJsonDocument::fromJson(toJson(request)).object()[rowsKey()].toArray();
}

}  // namespace

QStringList AdapterSets::names() const {
  QStringList names = readSets(settings_).keys();
  names.sort(Qt::CaseInsensitive);
  return names;
}

std::vector<AdapterUse> AdapterSets::load(const QString& name) const {
  std::vector<AdapterUse> uses;
  for (const QJsonValue row : readSets(settings_)[name].toArray()) {  // one by one: a bad row is left out alone
    const QJsonObject request{{rowsKey(), QJsonArray{row}}};
    const GenerateRequest read = requestFromJson(QJsonDocument(request).toJson(QJsonDocument::Compact));
    uses.insert(uses.end(), read.adapters.begin(), read.adapters.end());
  }
  return uses;
}

void AdapterSets::save(const QString& name, const std::vector<AdapterUse>& uses) {
  QJsonObject sets = readSets(settings_);
  sets[name] = toRows(uses);
  writeSets(settings_, sets);
}

void AdapterSets::remove(const QString& name) {
  QJsonObject sets = readSets(settings_);
  sets.remove(name);
  writeSets(settings_, sets);
}

}  // namespace lorikeet
