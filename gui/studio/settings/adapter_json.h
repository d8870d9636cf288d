#pragma once
#include <lorikeet/adapter_use.h>

#include <QJsonArray>

namespace lorikeet {

/// Rows of the adapter stack as JSON, as settings, named sets and the queue keep them.
QJsonArray toJson(const std::vector<AdapterUse>& adapters);
/// What is missing takes its default; rows without a file and values out of range are left out.
std::vector<AdapterUse> adaptersFromJson(const QJsonArray& json);

/// Paths of files as JSON.
QJsonArray pathsToJson(const std::vector<std::filesystem::path>& paths);
std::vector<std::filesystem::path> pathsFromJson(const QJsonArray& json);

}  // namespace lorikeet
