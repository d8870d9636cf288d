#include "cli/inspect_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/json_text.h"

namespace lorikeet::cli {
namespace {

using json = nlohmann::ordered_json;

json toJson(const ModelInfo& model) {
  return {{"kind", "model"},
          {"name", model.name},
          {"layout", model.layout},
          {"family", model.family},
          {"prediction", model.prediction},
          {"weight_type", model.weightType},
          {"native_width", model.nativeWidth},
          {"native_height", model.nativeHeight},
          {"text_width", model.textWidth},
          {"parameters", model.parameterCount},
          {"bytes", model.byteSize},
          {"unused_tensors", model.unusedTensors},
          {"parts", model.parts}};
}

template <class Number>
json orNull(const std::optional<Number>& value) {
  return value ? json(*value) : json();
}

json toJson(const AdapterInfo& adapter) {
  json tags = json::array();
  for (const auto& [tag, count] : adapter.tags) tags.push_back({{"tag", tag}, {"count", count}});
  json report = {{"kind", "adapter"},
                 {"name", adapter.name},
                 {"title", adapter.title},
                 {"formats", adapter.formats},
                 {"family", adapter.family},
                 {"weight_type", adapter.precision},
                 {"bytes", adapter.byteSize},
                 {"sha256", adapter.sha256},
                 {"short_hash", adapter.shortHash},
                 {"tensors", adapter.tensorCount},
                 {"modules", adapter.moduleCount},
                 {"lowest_rank", adapter.lowestRank},
                 {"highest_rank", adapter.highestRank},
                 {"lowest_alpha", orNull(adapter.lowestAlpha)},
                 {"highest_alpha", orNull(adapter.highestAlpha)},
                 {"variants", adapter.variants},
                 {"embeddings", adapter.embeddings},
                 {"trigger_words", adapter.triggerWords},
                 {"tags", tags}};
  if (!adapter.compared) return report;
  report["matched_tensors"] = adapter.matchedTensors;
  report["matched_modules"] = adapter.matchedModules;
  report["unet_modules"] = adapter.unetModules;
  report["text_encoder_modules"] = adapter.textEncoderModules;
  report["unmatched_keys"] = adapter.unmatchedKeys;
  report["warnings"] = adapter.warnings;
  return report;
}

json toJson(const EmbeddingInfo& embedding) {
  return {{"kind", "embedding"},
          {"name", embedding.name},
          {"triggers", embedding.triggers},
          {"vectors", embedding.vectorCount},
          {"width", embedding.width}};
}

json toJson(const PictureSettings& settings) {
  json other = json::object();
  for (const auto& [key, value] : settings.other) other[key] = value;
  return {{"kind", "picture"},
          {"program", settings.program},
          {"prompt", settings.prompt},
          {"negative_prompt", settings.negativePrompt},
          {"seed", orNull(settings.seed)},
          {"steps", orNull(settings.steps)},
          {"guidance", orNull(settings.guidanceScale)},
          {"width", orNull(settings.width)},
          {"height", orNull(settings.height)},
          {"sampler", settings.sampler},
          {"schedule", settings.schedule},
          {"clip_skip", orNull(settings.clipSkip)},
          {"model", settings.model},
          {"model_hash", settings.modelHash},
          {"other", other}};
}

/// Lines of a name and a value; empty values are left out.
class Rows {
 public:
  void add(std::string_view key, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<12} {}\n", key, value);
  }
  template <class Number>
  void add(std::string_view key, const std::optional<Number>& value) {
    if (value) add(key, fmt::format("{}", *value));
  }
  std::string text;
};

std::string toText(const ModelInfo& model) {
  Rows rows;
  rows.add("kind", fmt::format("model, {}", model.layout));
  rows.add("family", fmt::format("{}, predicts {}", model.family, model.prediction));
  rows.add("native size", fmt::format("{} x {} pixels", model.nativeWidth, model.nativeHeight));
  rows.add("text width", std::to_string(model.textWidth));
  rows.add("parameters", fmt::format("{:.1f} million, {}, {:.1f} MB", static_cast<double>(model.parameterCount) / 1e6,
                                     model.weightType, static_cast<double>(model.byteSize) / 1e6));
  rows.add("parts", fmt::format("{}", fmt::join(model.parts, ", ")));
  if (model.unusedTensors > 0) rows.add("unused", fmt::format("{} tensors", model.unusedTensors));
  return rows.text;
}

std::string range(double lowest, double highest) {
  return lowest == highest ? fmt::format("{:g}", lowest) : fmt::format("{:g} to {:g}", lowest, highest);
}

std::string toText(const AdapterInfo& adapter) {
  Rows rows;
  rows.add("kind", fmt::format("adapter, {}", fmt::join(adapter.formats, ", ")));
  rows.add("title", adapter.title);
  rows.add("family", adapter.family);
  if (adapter.highestRank > 0)
    rows.add("rank", range(static_cast<double>(adapter.lowestRank), static_cast<double>(adapter.highestRank)));
  if (adapter.lowestAlpha) rows.add("alpha", range(*adapter.lowestAlpha, *adapter.highestAlpha));
  rows.add("size", fmt::format("{} tensors in {} modules, {}, {:.1f} MB", adapter.tensorCount, adapter.moduleCount,
                               adapter.precision, static_cast<double>(adapter.byteSize) / 1e6));
  rows.add("hash", fmt::format("{} (sha256 {})", adapter.shortHash, adapter.sha256));
  rows.add("variants", fmt::format("{}", fmt::join(adapter.variants, ", ")));
  rows.add("embeddings", fmt::format("{}", fmt::join(adapter.embeddings, ", ")));
  rows.add("triggers", fmt::format("{}", fmt::join(adapter.triggerWords, ", ")));
  std::string tags;
  for (size_t i = 0; i < std::min<size_t>(adapter.tags.size(), 10); ++i)
    tags += fmt::format("{}{} ({})", i > 0 ? ", " : "", adapter.tags[i].first, adapter.tags[i].second);
  rows.add("tags", tags);
  if (!adapter.compared) return rows.text;
  rows.add("matched",
           fmt::format("{} of {} tensors: {} modules of the UNet, {} of the text encoder", adapter.matchedTensors,
                       adapter.tensorCount, adapter.unetModules, adapter.textEncoderModules));
  for (const std::string& warning : adapter.warnings) rows.add("warning", warning);
  for (const std::string& key : adapter.unmatchedKeys) rows.add("unmatched", key);
  return rows.text;
}

std::string toText(const EmbeddingInfo& embedding) {
  Rows rows;
  rows.add("kind", "textual inversion");
  rows.add("name", embedding.name);
  rows.add("triggers", fmt::format("{}", fmt::join(embedding.triggers, ", ")));
  rows.add("size", fmt::format("{} vectors of {} numbers", embedding.vectorCount, embedding.width));
  return rows.text;
}

std::string toText(const PictureSettings& settings) {
  Rows rows;
  rows.add("kind", fmt::format("picture, made by {}", settings.program));
  rows.add("prompt", settings.prompt);
  rows.add("negative", settings.negativePrompt);
  rows.add("seed", settings.seed);
  rows.add("steps", settings.steps);
  rows.add("guidance", settings.guidanceScale);
  if (settings.width && settings.height)
    rows.add("size", fmt::format("{} x {} pixels", *settings.width, *settings.height));
  rows.add("sampler", settings.sampler);
  rows.add("schedule", settings.schedule);
  rows.add("clip skip", settings.clipSkip);
  rows.add("model", settings.model);
  rows.add("model hash", settings.modelHash);
  for (const auto& [key, value] : settings.other) rows.add(key, value);
  return rows.text;
}

}  // namespace

std::string inspectJson(const std::vector<FileReport>& reports) {
  json list = json::array();
  for (const FileReport& report : reports) {
    json item = {{"file", report.file.string()}};
    item.update(std::visit([](const auto& content) { return toJson(content); }, report.content));
    list.push_back(std::move(item));
  }
  return jsonText(list);
}

std::string inspectText(const std::vector<FileReport>& reports) {
  std::string text;
  for (const FileReport& report : reports) {
    text += (text.empty() ? "" : "\n") + report.file.string() + "\n";
    text += std::visit([](const auto& content) { return toText(content); }, report.content);
  }
  text.pop_back();
  return text;
}

}  // namespace lorikeet::cli
