#include "canvas/brush_tool.h"

#include "studio/document/canvas_document.h"

namespace lorikeet {

void BrushTool::press(const ToolEvent& event) {
  Brush brush;
  brush.diameter = options_.diameter;
  brush.hardness = options_.hardness;
  brush.opacity = options_.opacity;
  brush.pressureSize = options_.pressureSize;
  brush.pressureOpacity = options_.pressureOpacity;
  brush.erases = (options_.tool == CanvasToolKind::Eraser) != event.reverses;
  const bool fromLast = event.constrains && lastEnd_;
  document_.beginStroke(brush, fromLast ? *lastEnd_ : event.at, event.pressure);
  if (fromLast) document_.strokeTo(event.at, event.pressure);
  lastEnd_ = event.at;
}

void BrushTool::move(const ToolEvent& event) {
  document_.strokeTo(event.at, event.pressure);
  lastEnd_ = event.at;
}

void BrushTool::release(const ToolEvent&) { document_.endStroke(); }

void BrushTool::cancel() { document_.cancelStroke(); }

}  // namespace lorikeet
