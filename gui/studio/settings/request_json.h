#pragma once
#include <lorikeet/request.h>

#include <QByteArray>

namespace lorikeet {

/// A request as one line of JSON, names as on the command line.
QByteArray toJson(const GenerateRequest& request);
/// Reads it back; what is missing or out of its range becomes the default.
GenerateRequest requestFromJson(const QByteArray& json);

}  // namespace lorikeet
