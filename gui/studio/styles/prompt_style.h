#pragma once
#include <lorikeet/request.h>

#include <QJsonObject>
#include <QString>
#include <optional>

namespace lorikeet {

/// Settings that a style may bring along; empty ones are left as they are.
struct StyleSettings {
  std::optional<int> steps;
  std::optional<double> guidanceScale;
  std::optional<Sampler> sampler;
  std::optional<Schedule> schedule;
  std::optional<int> width;  ///< pixels, together with the height
  std::optional<int> height;

  bool any() const { return steps || guidanceScale || sampler || schedule || width; }
  bool operator==(const StyleSettings&) const = default;
};

/// A preset: texts that are put around or behind the prompts, and settings. {prompt} stands for what is there.
struct PromptStyle {
  QString name;
  QString prompt;
  QString negativePrompt;
  StyleSettings settings;

  bool operator==(const PromptStyle&) const = default;
};

/// A style's text with the prompt in the place of {prompt}, or behind the prompt after a comma, as A1111 merges them
/// (modules/styles.py, merge_prompts).
QString mergePrompt(const QString& style, const QString& prompt);
/// The request with the style in it.
GenerateRequest applyStyle(const PromptStyle& style, GenerateRequest request);

QJsonObject toJson(const PromptStyle& style);
/// What is missing or out of range is left empty.
PromptStyle styleFromJson(const QJsonObject& json);

}  // namespace lorikeet
