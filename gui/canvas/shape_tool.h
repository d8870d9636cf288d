#pragma once
#include <QPolygonF>

#include "canvas/canvas_tool.h"
#include "studio/document/tool_options.h"

namespace lorikeet {

class CanvasDocument;

/// Adds the inside of a freehand line or of a rectangle to the mask, or takes it away.
class ShapeTool : public CanvasTool {
 public:
  enum class Shape { Freehand, Rectangle };
  ShapeTool(CanvasDocument& document, const ToolOptions& options, Shape shape)
      : document_(document), options_(options), shape_(shape) {}
  void press(const ToolEvent& event) override;
  void move(const ToolEvent& event) override;
  void release(const ToolEvent& event) override;
  void cancel() override { outline_.clear(); }
  void paint(QPainter& painter, const ViewTransform& view) const override;
  QRectF paintedArea() const override { return outline_.boundingRect(); }

 private:
  QPolygonF rectangleTo(const ToolEvent& event) const;

  CanvasDocument& document_;
  const ToolOptions& options_;
  Shape shape_;
  QPointF corner_;
  QPolygonF outline_;
  bool subtracts_ = false;
};

}  // namespace lorikeet
