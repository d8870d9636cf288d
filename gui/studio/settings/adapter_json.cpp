#include "studio/settings/adapter_json.h"

#include <QJsonObject>

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

QJsonArray groupsToJson(const std::array<double, 4>& groups) { return {groups[0], groups[1], groups[2], groups[3]}; }

void readGroups(const QJsonValue& json, std::array<double, 4>& groups) {
  const QJsonArray values = json.toArray();
  for (size_t i = 0; i < groups.size(); ++i) groups[i] = values.at(qsizetype(i)).toDouble(groups[i]);
}

QJsonObject blocksToJson(const AdapterBlockWeights& blocks) {
  return {{QStringLiteral("text"), blocks.text},
          {QStringLiteral("down"), groupsToJson(blocks.down)},
          {QStringLiteral("mid"), blocks.mid},
          {QStringLiteral("up"), groupsToJson(blocks.up)}};
}

AdapterBlockWeights blocksFromJson(const QJsonObject& json) {
  AdapterBlockWeights blocks;
  blocks.text = json[u"text"].toDouble(blocks.text);
  readGroups(json[u"down"], blocks.down);
  blocks.mid = json[u"mid"].toDouble(blocks.mid);
  readGroups(json[u"up"], blocks.up);
  return blocks;
}

QJsonObject useToJson(const AdapterUse& use) {
  QJsonObject json{{QStringLiteral("file"), pathToQString(use.file)}, {QStringLiteral("weight"), use.weight}};
  if (!use.variant.empty()) json[u"variant"] = toQString(use.variant);
  if (!use.enabled) json[u"enabled"] = false;
  if (use.textWeight) json[u"text_weight"] = *use.textWeight;
  if (use.blocks != AdapterBlockWeights()) json[u"blocks"] = blocksToJson(use.blocks);
  if (use.begin != 0) json[u"begin"] = use.begin;
  if (use.end != 1) json[u"end"] = use.end;
  return json;
}

AdapterUse useFromJson(const QJsonObject& json) {
  AdapterUse use;
  use.file = toPath(json[u"file"].toString());
  use.variant = json[u"variant"].toString().toStdString();
  use.enabled = json[u"enabled"].toBool(true);
  use.weight = json[u"weight"].toDouble(use.weight);
  if (json[u"text_weight"].isDouble()) use.textWeight = json[u"text_weight"].toDouble();
  use.blocks = blocksFromJson(json[u"blocks"].toObject());
  use.begin = json[u"begin"].toDouble(use.begin);
  use.end = json[u"end"].toDouble(use.end);
  return use;
}

bool isUsable(const AdapterUse& use) {
  try {
    validate({use});
    return !use.file.empty();
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

QJsonArray toJson(const std::vector<AdapterUse>& adapters) {
  QJsonArray json;
  for (const AdapterUse& use : adapters) json << useToJson(use);
  return json;
}

std::vector<AdapterUse> adaptersFromJson(const QJsonArray& json) {
  std::vector<AdapterUse> adapters;
  for (const QJsonValue& value : json) {
    AdapterUse use = useFromJson(value.toObject());
    if (isUsable(use)) adapters.push_back(std::move(use));
  }
  return adapters;
}

QJsonArray pathsToJson(const std::vector<std::filesystem::path>& paths) {
  QJsonArray json;
  for (const std::filesystem::path& path : paths) json << pathToQString(path);
  return json;
}

std::vector<std::filesystem::path> pathsFromJson(const QJsonArray& json) {
  std::vector<std::filesystem::path> paths;
  for (const QJsonValue& value : json)
    if (!value.toString().isEmpty()) paths.push_back(toPath(value.toString()));
  return paths;
}

}  // namespace lorikeet
