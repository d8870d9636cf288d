#include "studio/adapters/adapter_stack_json.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "studio/settings/request_json.h"

namespace lorikeet {
namespace {

constexpr auto kUses = "adapters";  ///< as in the JSON of requests

QJsonObject requestOf(const AdapterStackState& state) {
  GenerateRequest request;
  for (const AdapterEntry& entry : state.entries) request.adapters.push_back(entry.use);
  request.embeddings = state.embeddings;
  return QJsonDocument::fromJson(toJson(request)).object();
}

}  // namespace

QByteArray toJson(const AdapterStackState& state) {
  QJsonObject request = requestOf(state);
  QJsonObject kept{{QStringLiteral("embeddings"), request[u"embeddings"]}};
  QJsonArray rows;
  const QJsonArray uses = request[QLatin1String(kUses)].toArray();
  for (qsizetype i = 0; i < uses.size() && size_t(i) < state.entries.size(); ++i) {
    const AdapterEntry& entry = state.entries[size_t(i)];
    rows << QJsonObject{
        {QStringLiteral("use"), uses[i]}, {QStringLiteral("solo"), entry.solo}, {QStringLiteral("muted"), entry.muted}};
  }
  kept[u"rows"] = rows;
  return QJsonDocument(kept).toJson(QJsonDocument::Compact);
}

AdapterStackState adapterStackFromJson(const QByteArray& json) {
  const QJsonObject kept = QJsonDocument::fromJson(json).object();
  AdapterStackState state;
  const auto read = [](const QJsonObject& request) {
    return requestFromJson(QJsonDocument(request).toJson(QJsonDocument::Compact));
  };
  for (const QJsonValue value : kept[u"rows"].toArray()) {
    const QJsonObject row = value.toObject();
    const GenerateRequest request = read({{QLatin1String(kUses), QJsonArray{row[u"use"]}}});
    if (request.adapters.empty()) continue;
    AdapterEntry entry;
    entry.id = quint64(state.entries.size()) + 1;
    entry.use = request.adapters.front();
    entry.solo = row[u"solo"].toBool();
    entry.muted = row[u"muted"].toBool();
    state.entries.push_back(std::move(entry));
  }
  if (kept[u"embeddings"].isArray())
    state.embeddings = read({{QStringLiteral("embeddings"), kept[u"embeddings"]}}).embeddings;
  return state;
}

}  // namespace lorikeet
