#include "studio/document/tool_options.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

double numberIn(const QJsonObject& json, const char* key, double low, double high, double otherwise) {
  const double value = json[QLatin1String(key)].toDouble(otherwise);
  return value >= low && value <= high ? value : otherwise;
}

}  // namespace

QByteArray toJson(const ToolOptions& options) {
  const QJsonObject json{{"tool", static_cast<int>(options.tool)}, {"diameter", options.diameter},
                         {"hardness", options.hardness},           {"opacity", options.opacity},
                         {"pressureSize", options.pressureSize},   {"pressureOpacity", options.pressureOpacity},
                         {"tolerance", options.tolerance},         {"contiguous", options.contiguous},
                         {"maskColor", options.maskColor.name()},  {"maskOpacity", options.maskOpacity},
                         {"maskVisible", options.maskVisible}};
  return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

ToolOptions toolOptionsFromJson(const QByteArray& bytes) {
  const QJsonObject json = QJsonDocument::fromJson(bytes).object();
  ToolOptions options;
  options.tool = static_cast<CanvasToolKind>(
      static_cast<int>(numberIn(json, "tool", 0, static_cast<int>(CanvasToolKind::Fill), 0)));
  options.diameter = numberIn(json, "diameter", 1, ToolOptions::kMaxDiameter, options.diameter);
  options.hardness = numberIn(json, "hardness", 0, 1, options.hardness);
  options.opacity = numberIn(json, "opacity", 0.01, 1, options.opacity);
  options.pressureSize = json[QLatin1String("pressureSize")].toBool(options.pressureSize);
  options.pressureOpacity = json[QLatin1String("pressureOpacity")].toBool(options.pressureOpacity);
  options.tolerance = static_cast<int>(numberIn(json, "tolerance", 0, 255, options.tolerance));
  options.contiguous = json[QLatin1String("contiguous")].toBool(options.contiguous);
  const QColor color(json[QLatin1String("maskColor")].toString());
  if (color.isValid()) options.maskColor = color;
  options.maskOpacity = numberIn(json, "maskOpacity", 0.05, 1, options.maskOpacity);
  options.maskVisible = json[QLatin1String("maskVisible")].toBool(options.maskVisible);
  return options;
}

double steppedDiameter(double diameter, int steps) {
  double stepped = diameter;
  for (int i = 0; i < std::abs(steps); ++i) {
    const double step = std::max(1.0, std::round(stepped / 8));
    stepped += steps > 0 ? step : -step;
  }
  return std::clamp(std::round(stepped), 1.0, ToolOptions::kMaxDiameter);
}

}  // namespace lorikeet
