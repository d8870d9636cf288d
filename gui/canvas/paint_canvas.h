#pragma once
#include <optional>

#include "canvas/brush_outline.h"
#include "canvas/canvas_view.h"
#include "canvas/outpaint_frame.h"
#include "canvas/split_slider.h"
#include "canvas/tool_box.h"
#include "studio/document/tool_options.h"

class QMimeData;
class QSinglePointEvent;

namespace lorikeet {

class CanvasDocument;

/// The canvas on which a mask is painted: shows a document, hands the pointer to the chosen tool and draws outlines
/// over the picture. While candidates are shown, tools rest and the pointer compares before and after.
class PaintCanvas : public CanvasView {
  Q_OBJECT
 public:
  explicit PaintCanvas(CanvasDocument& document, QWidget* parent = nullptr);
  ~PaintCanvas() override;

  const ToolOptions& options() const { return options_; }
  void setOptions(const ToolOptions& options);
  void setTool(CanvasToolKind tool);
  void stepBrush(int steps);

  /// Draws the area that "only masked" works on, in picture pixels; an empty one is not drawn.
  void setWorkArea(const QRect& area);
  const QRect& workArea() const { return workArea_; }

  /// The margins by which the next job extends the picture; while extending, they can be dragged out from nothing.
  void setMargins(const OutpaintMargins& margins);
  const OutpaintMargins& margins() const { return outpaint_.margins(); }
  void setExtending(bool on);
  bool isExtending() const { return outpaint_.isOn(); }

  bool isComparing() const { return split_.isOn(); }
  void setComparing(bool on);
  double splitPosition() const { return split_.position(); }
  void setSplitPosition(double position);

 signals:
  void optionsChanged(const ToolOptions& options);
  void comparingChanged(bool on);
  /// By a handle on the canvas.
  void marginsChanged(const OutpaintMargins& margins);
  void extendingChanged(bool on);
  /// Something with a picture was dropped; valid during the call.
  void pictureOffered(const QMimeData* data);

 protected:
  bool event(QEvent* event) override;
  void paintOverlay(QPainter& painter) override;
  void updateCursor() override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void tabletEvent(QTabletEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void connectDocument();
  void showPicture();
  void showMask(const QRect& area);
  void showCandidate();
  ToolEvent toolEvent(const QSinglePointEvent& event, double pressure, bool reverses) const;
  void pressTool(const ToolEvent& event);
  void moveTool(const ToolEvent& event);
  void releaseTool(const ToolEvent& event);
  void cancelTool();
  void updateToolArea(const QRectF& before);
  void moveOutline(std::optional<QPointF> to);
  bool paintsWithBrush() const;
  bool pressCompare(const QMouseEvent& event);
  void showBefore(bool on);

  CanvasDocument& document_;
  ToolOptions options_;
  ToolBox tools_;
  Qt::MouseButton toolButton_ = Qt::NoButton;
  BrushOutline outline_;
  SplitSlider split_;
  bool dragsSplit_ = false;
  bool showsBefore_ = false;
  OutpaintFrame outpaint_;
  QRect workArea_;
};

}  // namespace lorikeet
