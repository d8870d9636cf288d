#pragma once
#include <optional>

#include "canvas/canvas_tool.h"
#include "studio/document/tool_options.h"

namespace lorikeet {

class CanvasDocument;

/// Paints strokes of the brush or the eraser. With Shift, a press draws a straight line from the end of the last one.
class BrushTool : public CanvasTool {
 public:
  BrushTool(CanvasDocument& document, const ToolOptions& options) : document_(document), options_(options) {}
  void press(const ToolEvent& event) override;
  void move(const ToolEvent& event) override;
  void release(const ToolEvent& event) override;
  void cancel() override;

 private:
  CanvasDocument& document_;
  const ToolOptions& options_;
  std::optional<QPointF> lastEnd_;
};

}  // namespace lorikeet
