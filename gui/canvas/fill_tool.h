#pragma once
#include "canvas/canvas_tool.h"
#include "studio/document/tool_options.h"

namespace lorikeet {

class CanvasDocument;

/// Adds the area of one colour to the mask with a click, or takes it away.
class FillTool : public CanvasTool {
 public:
  FillTool(CanvasDocument& document, const ToolOptions& options) : document_(document), options_(options) {}
  void press(const ToolEvent& event) override;
  void move(const ToolEvent&) override {}
  void release(const ToolEvent&) override {}
  void cancel() override {}

 private:
  CanvasDocument& document_;
  const ToolOptions& options_;
};

}  // namespace lorikeet
