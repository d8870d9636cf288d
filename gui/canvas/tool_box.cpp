#include "canvas/tool_box.h"

#include <utility>

#include "canvas/brush_tool.h"
#include "canvas/fill_tool.h"
#include "canvas/shape_tool.h"

namespace lorikeet {

ToolBox::ToolBox(CanvasDocument& document, const ToolOptions& options)
    : options_(options),
      brush_(std::make_unique<BrushTool>(document, options)),
      lasso_(std::make_unique<ShapeTool>(document, options, ShapeTool::Shape::Freehand)),
      rectangle_(std::make_unique<ShapeTool>(document, options, ShapeTool::Shape::Rectangle)),
      fill_(std::make_unique<FillTool>(document, options)) {}

ToolBox::~ToolBox() = default;

CanvasTool& ToolBox::chosen() const {
  switch (options_.tool) {
    case CanvasToolKind::Brush:
    case CanvasToolKind::Eraser:
      return *brush_;
    case CanvasToolKind::Lasso:
      return *lasso_;
    case CanvasToolKind::Rectangle:
      return *rectangle_;
    case CanvasToolKind::Fill:
      return *fill_;
  }
  return *brush_;
}

void ToolBox::press(const ToolEvent& event) {
  cancel();
  working_ = &chosen();
  working_->press(event);
}

void ToolBox::move(const ToolEvent& event) {
  if (working_) working_->move(event);
}

void ToolBox::release(const ToolEvent& event) {
  if (CanvasTool* tool = std::exchange(working_, nullptr)) tool->release(event);
}

void ToolBox::cancel() {
  if (CanvasTool* tool = std::exchange(working_, nullptr)) tool->cancel();
}

void ToolBox::paint(QPainter& painter, const ViewTransform& view) const {
  if (working_) working_->paint(painter, view);
}

QRectF ToolBox::paintedArea() const { return working_ ? working_->paintedArea() : QRectF(); }

}  // namespace lorikeet
