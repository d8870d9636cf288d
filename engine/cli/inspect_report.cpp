#include "cli/inspect_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace lorikeet::cli {
namespace {

using json = nlohmann::ordered_json;

json toJson(const FileReport& report) {
  const ModelInfo& model = report.model;
  return {{"file", report.file.string()},
          {"kind", "model"},
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

std::string toText(const FileReport& report) {
  const ModelInfo& model = report.model;
  std::string text = report.file.string() + "\n";
  const auto row = [&](std::string_view key, const std::string& value) {
    text += fmt::format("  {:<12}{}\n", key, value);
  };
  row("kind", fmt::format("model, {}", model.layout));
  row("family", fmt::format("{}, predicts {}", model.family, model.prediction));
  row("native size", fmt::format("{} x {} pixels", model.nativeWidth, model.nativeHeight));
  row("text width", std::to_string(model.textWidth));
  row("parameters", fmt::format("{:.1f} million, {}, {:.1f} MB", static_cast<double>(model.parameterCount) / 1e6,
                                model.weightType, static_cast<double>(model.byteSize) / 1e6));
  row("parts", fmt::format("{}", fmt::join(model.parts, ", ")));
  if (model.unusedTensors > 0) row("unused", fmt::format("{} tensors", model.unusedTensors));
  return text;
}

}  // namespace

std::string inspectJson(const std::vector<FileReport>& reports) {
  json list = json::array();
  for (const FileReport& report : reports) list.push_back(toJson(report));
  return list.dump(2, ' ', false, json::error_handler_t::replace);
}

std::string inspectText(const std::vector<FileReport>& reports) {
  std::string text;
  for (const FileReport& report : reports) text += (text.empty() ? "" : "\n") + toText(report);
  text.pop_back();
  return text;
}

}  // namespace lorikeet::cli
