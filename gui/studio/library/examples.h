#pragma once
#include <lorikeet/request.h>

#include <QImage>
#include <QString>
#include <vector>

namespace lorikeet {

/// A prompt to begin with and the picture that it gives with the starter model.
struct Example {
  QString title;
  GenerateRequest request;
  QImage picture;
};

/// Reads `examples.json` of a folder: a list of {title, picture} with the fields of a request
/// (lorikeet/request_json.h); adapters lie below the starter model's folder, pictures beside the list. What cannot be
/// read is left out.
std::vector<Example> loadExamples(const QString& folder = QStringLiteral(":/examples"));

}  // namespace lorikeet
