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

/// Reads `examples.json` of a folder: a list of {title, prompt, negative_prompt, seed, steps, guidance, adapters,
/// picture}; adapters lie below the starter model's folder. What cannot be read is left out.
std::vector<Example> loadExamples(const QString& folder = QStringLiteral(":/examples"));

}  // namespace lorikeet
