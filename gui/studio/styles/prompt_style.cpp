#include "studio/styles/prompt_style.h"

#include "studio/jobs/convert.h"

namespace lorikeet {
namespace {

const QString kPlaceholder = QStringLiteral("{prompt}");

template <class Enum>
std::optional<Enum> valueNamed(std::span<const EnumName<Enum>> table, const QString& name) {
  for (const auto& row : table)
    if (toQString(row.name) == name) return row.value;
  return std::nullopt;
}

template <class Number>
std::optional<Number> numberIn(const QJsonObject& json, QStringView key, Number lowest, Number highest) {
  const QJsonValue value = json[key];
  if (!value.isDouble() || value.toDouble() < lowest || value.toDouble() > highest) return std::nullopt;
  return Number(value.toDouble());
}

constexpr int kMaxSide = 8192;

}  // namespace

QString mergePrompt(const QString& style, const QString& prompt) {
  if (style.contains(kPlaceholder)) return QString(style).replace(kPlaceholder, prompt);
  const QString behind = style.trimmed();
  if (behind.isEmpty()) return prompt;
  const QString before = prompt.trimmed();
  return before.isEmpty() ? behind : before + QStringLiteral(", ") + behind;
}

GenerateRequest applyStyle(const PromptStyle& style, GenerateRequest request) {
  const auto merge = [](const QString& text, std::string& prompt) {
    prompt = mergePrompt(text, toQString(prompt)).toStdString();
  };
  merge(style.prompt, request.prompt);
  merge(style.negativePrompt, request.negativePrompt);
  const StyleSettings& settings = style.settings;
  request.steps = settings.steps.value_or(request.steps);
  request.guidanceScale = settings.guidanceScale.value_or(request.guidanceScale);
  request.sampler = settings.sampler.value_or(request.sampler);
  request.schedule = settings.schedule.value_or(request.schedule);
  if (settings.width && settings.height) {
    request.width = *settings.width;
    request.height = *settings.height;
  }
  return request;
}

QJsonObject toJson(const PromptStyle& style) {
  QJsonObject json;
  json[u"name"] = style.name;
  json[u"prompt"] = style.prompt;
  json[u"negative_prompt"] = style.negativePrompt;
  const StyleSettings& settings = style.settings;
  if (settings.steps) json[u"steps"] = *settings.steps;
  if (settings.guidanceScale) json[u"guidance"] = *settings.guidanceScale;
  if (settings.sampler) json[u"sampler"] = toQString(name(*settings.sampler));
  if (settings.schedule) json[u"schedule"] = toQString(name(*settings.schedule));
  if (settings.width && settings.height) {
    json[u"width"] = *settings.width;
    json[u"height"] = *settings.height;
  }
  return json;
}

PromptStyle styleFromJson(const QJsonObject& json) {
  PromptStyle style;
  style.name = json[u"name"].toString();
  style.prompt = json[u"prompt"].toString();
  style.negativePrompt = json[u"negative_prompt"].toString();
  style.settings.steps = numberIn<int>(json, u"steps", 1, 1000);
  style.settings.guidanceScale = numberIn<double>(json, u"guidance", 0, 100);
  style.settings.sampler = valueNamed(samplerNames(), json[u"sampler"].toString());
  style.settings.schedule = valueNamed(scheduleNames(), json[u"schedule"].toString());
  style.settings.width = numberIn<int>(json, u"width", 8, kMaxSide);
  style.settings.height = numberIn<int>(json, u"height", 8, kMaxSide);
  const auto isSide = [](const std::optional<int>& side) { return side && *side % 8 == 0; };
  if (!isSide(style.settings.width) || !isSide(style.settings.height))
    style.settings.width = style.settings.height = std::nullopt;
  return style;
}

}  // namespace lorikeet
