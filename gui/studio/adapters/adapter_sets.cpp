#include "studio/adapters/adapter_sets.h"

#include <QJsonDocument>
#include <QJsonObject>

#include "studio/settings/adapter_json.h"
#include "studio/settings/settings.h"

namespace lorikeet {
namespace {

QJsonObject readSets(const Settings& settings) { return QJsonDocument::fromJson(settings.adapterSets()).object(); }

void writeSets(Settings& settings, const QJsonObject& sets) {
  settings.setAdapterSets(QJsonDocument(sets).toJson(QJsonDocument::Compact));
}

}  // namespace

QStringList AdapterSets::names() const {
  QStringList names = readSets(settings_).keys();
  names.sort(Qt::CaseInsensitive);
  return names;
}

std::vector<AdapterUse> AdapterSets::load(const QString& name) const {
  return adaptersFromJson(readSets(settings_)[name].toArray());
}

void AdapterSets::save(const QString& name, const std::vector<AdapterUse>& uses) {
  QJsonObject sets = readSets(settings_);
  sets[name] = toJson(uses);
  writeSets(settings_, sets);
}

void AdapterSets::remove(const QString& name) {
  QJsonObject sets = readSets(settings_);
  sets.remove(name);
  writeSets(settings_, sets);
}

}  // namespace lorikeet
