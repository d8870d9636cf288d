#pragma once
#include <memory>

#include "canvas/canvas_tool.h"
#include "studio/document/tool_options.h"

namespace lorikeet {

class CanvasDocument;

/// The tools of the canvas, and the one that works between a press and its release.
class ToolBox {
 public:
  ToolBox(CanvasDocument& document, const ToolOptions& options);
  ~ToolBox();

  bool isWorking() const { return working_ != nullptr; }
  void press(const ToolEvent& event);
  void move(const ToolEvent& event);
  void release(const ToolEvent& event);
  void cancel();
  void paint(QPainter& painter, const ViewTransform& view) const;
  QRectF paintedArea() const;

 private:
  CanvasTool& chosen() const;

  const ToolOptions& options_;
  std::unique_ptr<CanvasTool> brush_;
  std::unique_ptr<CanvasTool> lasso_;
  std::unique_ptr<CanvasTool> rectangle_;
  std::unique_ptr<CanvasTool> fill_;
  CanvasTool* working_ = nullptr;
};

}  // namespace lorikeet
