#pragma once
#include <lorikeet/request.h>

#include <QByteArray>

namespace lorikeet {

/// A request as one line of JSON (lorikeet/request_json.h), for the settings. Throws Error like toRequestJson.
QByteArray toJson(const GenerateRequest& request);
/// Reads it back and never fails: what is missing, unreadable or out of its range becomes the default.
GenerateRequest requestFromJson(const QByteArray& json);

}  // namespace lorikeet
