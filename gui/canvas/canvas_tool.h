#pragma once
#include <QPointF>
#include <QRectF>

class QPainter;

namespace lorikeet {

class ViewTransform;

/// What the pointer did on the canvas.
struct ToolEvent {
  QPointF at;               ///< picture pixels
  double pressure = 1;      ///< [0, 1]
  bool reverses = false;    ///< right button, Ctrl or the pen's eraser: takes away instead of adding
  bool constrains = false;  ///< Shift: a straight line, a square
};

/// One way to change the mask with the pointer. Calls come as press, moves, and release or cancel.
class CanvasTool {
 public:
  virtual ~CanvasTool() = default;
  virtual void press(const ToolEvent& event) = 0;
  virtual void move(const ToolEvent& event) = 0;
  virtual void release(const ToolEvent& event) = 0;
  virtual void cancel() = 0;

  /// Draws what is not in the mask yet, in widget coordinates.
  virtual void paint(QPainter&, const ViewTransform&) const {}
  /// Where paint() draws, in picture units without the width of lines.
  virtual QRectF paintedArea() const { return {}; }
};

}  // namespace lorikeet
