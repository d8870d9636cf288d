#pragma once
#include <QByteArray>
#include <QColor>

namespace lorikeet {

enum class CanvasToolKind { Brush, Eraser, Lasso, Rectangle, Fill };

/// How the tools of the canvas are set. Lengths in picture pixels, shares in [0, 1]. A value.
struct ToolOptions {
  static constexpr double kMaxDiameter = 1000;

  CanvasToolKind tool = CanvasToolKind::Brush;
  double diameter = 48;
  double hardness = 0.8;
  double opacity = 1;  ///< how strongly the tools mark what they touch
  bool pressureSize = true;
  bool pressureOpacity = false;
  int tolerance = 24;  ///< of the fill tool: the most that a colour channel may differ, of 255
  bool contiguous = true;
  QColor maskColor = QColor(255, 64, 64);
  double maskOpacity = 0.55;
  bool maskVisible = true;

  bool operator==(const ToolOptions&) const = default;
};

/// For the settings: one line of JSON, and back; what is missing or out of range becomes the default.
QByteArray toJson(const ToolOptions& options);
ToolOptions toolOptionsFromJson(const QByteArray& json);

/// The next larger or smaller brush, in steps of about an eighth.
double steppedDiameter(double diameter, int steps);

}  // namespace lorikeet
