#include "canvas/paint_canvas.h"

#include <QCursor>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <QTabletEvent>
#include <QWheelEvent>

#include "canvas/work_area.h"
#include "studio/document/canvas_document.h"
#include "studio/document/picture_offer.h"

namespace lorikeet {
PaintCanvas::PaintCanvas(CanvasDocument& document, QWidget* parent)
    : CanvasView(parent), document_(document), tools_(document, options_) {
  setAcceptDrops(true);
  setContextMenuPolicy(Qt::PreventContextMenu);  // the right button erases
  setHint(tr("Nothing to edit yet"), tr("Drop or paste a picture here, or send one from your results."));
  scene().mask.setColor(options_.maskColor, options_.maskOpacity);
  connectDocument();
  showPicture();
}

PaintCanvas::~PaintCanvas() = default;

void PaintCanvas::connectDocument() {
  connect(&document_, &CanvasDocument::pictureChanged, this, &PaintCanvas::showPicture);
  connect(&document_, &CanvasDocument::maskChanged, this, &PaintCanvas::showMask);
  connect(&document_, &CanvasDocument::candidatesChanged, this, &PaintCanvas::showCandidate);
  connect(&document_, &CanvasDocument::candidateIndexChanged, this, &PaintCanvas::showCandidate);
  connect(&document_, &CanvasDocument::trialMaskChanged, this, qOverload<>(&QWidget::update));
}

void PaintCanvas::showPicture() {
  cancelTool();
  scene().mask.set(document_.isEmpty() ? nullptr : &document_.shownMask());
  setPicture(document_.picture());
}

void PaintCanvas::showMask(const QRect& area) {
  scene().mask.update(&document_.shownMask(), area);
  updateMaskArea(area);
}

void PaintCanvas::showCandidate() {
  cancelTool();
  const QList<QImage>& candidates = document_.candidates();
  scene().candidate.set(candidates.isEmpty() ? QImage() : candidates[document_.candidateIndex()]);
  const QRectF areaBefore = scene().candidateArea;
  scene().candidateArea = QRectF(document_.candidateArea());
  if (candidates.isEmpty()) setComparing(false);
  updateCursor();
  update();
  updatePictureArea(areaBefore | scene().candidateArea);
}

void PaintCanvas::setOptions(const ToolOptions& options) {
  if (options == options_) return;
  const bool recolors = options.maskColor != options_.maskColor || options.maskOpacity != options_.maskOpacity ||
                        options.maskVisible != options_.maskVisible;
  if (options.tool != options_.tool) cancelTool();
  options_ = options;
  moveOutline(outline_.position());
  if (recolors) {
    scene().mask.setColor(options_.maskColor, options_.maskOpacity);
    scene().maskVisible = options_.maskVisible;
    updateMaskArea(QRectF(QPointF(), QSizeF(viewTransform().pictureSize())));
  }
  updateCursor();
  emit optionsChanged(options_);
}

void PaintCanvas::setTool(CanvasToolKind tool) {
  ToolOptions options = options_;
  options.tool = tool;
  setOptions(options);
}

void PaintCanvas::stepBrush(int steps) {
  ToolOptions options = options_;
  options.diameter = steppedDiameter(options.diameter, steps);
  setOptions(options);
}

void PaintCanvas::setWorkArea(const QRect& area) {
  if (area == workArea_) return;
  workArea_ = area;
  update();
}

void PaintCanvas::setMargins(const OutpaintMargins& margins) {
  if (margins == outpaint_.margins()) return;
  outpaint_.setMargins(margins);
  update();
}

void PaintCanvas::setExtending(bool on) {
  if (on == outpaint_.isOn()) return;
  outpaint_.setOn(on);
  constexpr double kRoomForHandles = 0.7;
  if (on && isFitted()) setZoom(zoom() * kRoomForHandles);
  update();
  emit extendingChanged(on);
}

void PaintCanvas::setComparing(bool on) {
  on = on && !document_.candidates().isEmpty();
  if (on == split_.isOn()) return;
  split_.setOn(on);
  scene().candidateFrom = on ? split_.position() : 0;
  updatePictureArea(scene().candidateArea | QRectF(QPointF(), QSizeF(viewTransform().pictureSize())));
  update();
  emit comparingChanged(on);
}

void PaintCanvas::setSplitPosition(double position) {
  const double before = split_.position();
  split_.setPosition(position);
  if (!split_.isOn() || split_.position() == before) return;
  scene().candidateFrom = split_.position();
  const QSizeF size(viewTransform().pictureSize());
  const double left = std::min(before, split_.position()) * size.width();
  const double right = std::max(before, split_.position()) * size.width();
  updatePictureArea(QRectF(left, 0, right - left, size.height()).adjusted(-1, 0, 1, 0));
  update();
}

bool PaintCanvas::paintsWithBrush() const {
  return options_.tool == CanvasToolKind::Brush || options_.tool == CanvasToolKind::Eraser;
}

void PaintCanvas::moveOutline(std::optional<QPointF> to) {
  const bool onHandle = to && outpaint_.cursorAt(*to, viewTransform());
  const bool shown =
      paintsWithBrush() && !document_.isEmpty() && document_.candidates().isEmpty() && !isNavigating() && !onHandle;
  const QRect before = outline_.area();
  outline_.set(shown ? to : std::nullopt, options_.diameter * viewTransform().scale());
  if (outline_.area() == before) return;
  update(before);
  update(outline_.area());
}

void PaintCanvas::updateCursor() {
  if (isNavigating() || document_.isEmpty()) return CanvasView::updateCursor();
  if (!document_.candidates().isEmpty()) {
    setCursor(split_.isOn() ? Qt::SplitHCursor : Qt::ArrowCursor);
  } else if (const auto grip = outpaint_.cursorAt(mapFromGlobal(QCursor::pos()), viewTransform())) {
    setCursor(*grip);
  } else {
    setCursor(outline_.isVisible() ? Qt::BlankCursor : Qt::CrossCursor);
  }
}

void PaintCanvas::paintOverlay(QPainter& painter) {
  if (document_.candidates().isEmpty()) {
    outpaint_.paint(painter, viewTransform());
    if (!document_.hasTrialMask()) paintWorkArea(painter, viewTransform(), document_.maskBounds(), workArea_);
    tools_.paint(painter, viewTransform());
    outline_.paint(painter);
  } else {
    split_.paint(painter, viewTransform());
  }
}

ToolEvent PaintCanvas::toolEvent(const QSinglePointEvent& event, double pressure, bool reverses) const {
  const Qt::KeyboardModifiers keys = event.modifiers();
  return {toPicture(event.position()), pressure, reverses || keys.testFlag(Qt::ControlModifier),
          keys.testFlag(Qt::ShiftModifier)};
}

void PaintCanvas::updateToolArea(const QRectF& before) {
  const QRectF area = before | tools_.paintedArea();
  if (area.isNull()) return;
  update(viewTransform().pictureToWidget().mapRect(area).adjusted(-3, -3, 3, 3).toAlignedRect());
}

void PaintCanvas::pressTool(const ToolEvent& event) {
  tools_.press(event);
  updateToolArea({});
}

void PaintCanvas::moveTool(const ToolEvent& event) {
  const QRectF before = tools_.paintedArea();
  tools_.move(event);
  updateToolArea(before);
}

void PaintCanvas::releaseTool(const ToolEvent& event) {
  const QRectF before = tools_.paintedArea();
  tools_.release(event);
  toolButton_ = Qt::NoButton;
  updateToolArea(before);
}

void PaintCanvas::cancelTool() {
  const QRectF before = tools_.paintedArea();
  tools_.cancel();
  toolButton_ = Qt::NoButton;
  updateToolArea(before);
}

bool PaintCanvas::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride && tools_.isWorking() &&
      static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    event->accept();  // cancels the stroke, whatever else Esc does in the window
    return true;
  }
  return CanvasView::event(event);
}

void PaintCanvas::mousePressEvent(QMouseEvent* event) {
  const bool panning = isNavigating() || event->button() == Qt::MiddleButton;
  if (panning || document_.isEmpty()) return CanvasView::mousePressEvent(event);
  if (pressCompare(*event)) return;
  if (event->button() == Qt::LeftButton && outpaint_.press(event->position(), viewTransform())) return;
  const bool right = event->button() == Qt::RightButton;
  if (tools_.isWorking() || (!right && event->button() != Qt::LeftButton)) return;
  toolButton_ = event->button();
  pressTool(toolEvent(*event, 1, right));
}

void PaintCanvas::mouseMoveEvent(QMouseEvent* event) {
  CanvasView::mouseMoveEvent(event);
  moveOutline(event->position());
  updateCursor();
  if (outpaint_.isDragging()) {
    if (outpaint_.drag(event->position(), viewTransform())) emit marginsChanged(outpaint_.margins());
    update();
  } else if (dragsSplit_) {
    setSplitPosition(toPicture(event->position()).x() / document_.size().width());
  } else if (toolButton_ != Qt::NoButton) {
    moveTool(toolEvent(*event, 1, false));
  }
}

void PaintCanvas::mouseReleaseEvent(QMouseEvent* event) {
  CanvasView::mouseReleaseEvent(event);
  if (event->button() == Qt::LeftButton) {
    dragsSplit_ = false;
    outpaint_.release();
    showBefore(false);
  }
  if (event->button() == toolButton_) releaseTool(toolEvent(*event, 1, false));
}

bool PaintCanvas::pressCompare(const QMouseEvent& event) {
  if (document_.candidates().isEmpty()) return false;
  if (event.button() != Qt::LeftButton) return true;
  if (split_.isOn()) {
    dragsSplit_ = true;
    setSplitPosition(toPicture(event.position()).x() / document_.size().width());
  } else {
    showBefore(true);
  }
  return true;
}

void PaintCanvas::showBefore(bool on) {
  if (on == showsBefore_) return;
  showsBefore_ = on;
  scene().candidateFrom = on ? 1 : (split_.isOn() ? split_.position() : 0);
  updatePictureArea(scene().candidateArea);
}

void PaintCanvas::tabletEvent(QTabletEvent* event) {
  const bool ready = !isNavigating() && !document_.isEmpty() && document_.candidates().isEmpty();
  const bool drags = event->type() == QEvent::TabletMove && !tools_.isWorking();
  if (!ready || drags || event->button() == Qt::MiddleButton) {
    event->ignore();  // comes again as a mouse event
    return;
  }
  const bool reverses =
      event->pointerType() == QPointingDevice::PointerType::Eraser || event->button() == Qt::RightButton;
  moveOutline(event->position());
  if (event->type() == QEvent::TabletPress) pressTool(toolEvent(*event, event->pressure(), reverses));
  if (event->type() == QEvent::TabletMove) moveTool(toolEvent(*event, event->pressure(), reverses));
  if (event->type() == QEvent::TabletRelease) releaseTool(toolEvent(*event, event->pressure(), reverses));
  event->accept();
}

void PaintCanvas::wheelEvent(QWheelEvent* event) {
  if (!event->modifiers().testFlag(Qt::ControlModifier)) {
    CanvasView::wheelEvent(event);
    return moveOutline(outline_.position());
  }
  const int delta = event->angleDelta().y();
  if (delta != 0) stepBrush(delta > 0 ? 1 : -1);
  event->accept();
}

void PaintCanvas::keyPressEvent(QKeyEvent* event) {
  constexpr double kSplitStep = 0.05;
  const bool moves = event->modifiers().testFlag(Qt::ShiftModifier) && split_.isOn();
  if (event->key() == Qt::Key_Escape && tools_.isWorking()) {
    cancelTool();
  } else if (moves && event->key() == Qt::Key_Left) {
    setSplitPosition(split_.position() - kSplitStep);
  } else if (moves && event->key() == Qt::Key_Right) {
    setSplitPosition(split_.position() + kSplitStep);
  } else {
    CanvasView::keyPressEvent(event);
    moveOutline(outline_.position());
  }
}

void PaintCanvas::leaveEvent(QEvent* event) {
  moveOutline({});
  CanvasView::leaveEvent(event);
}

void PaintCanvas::dragEnterEvent(QDragEnterEvent* event) {
  if (hasPicture(*event->mimeData())) event->acceptProposedAction();
}

void PaintCanvas::dropEvent(QDropEvent* event) {
  emit pictureOffered(event->mimeData());
  event->acceptProposedAction();
}

}  // namespace lorikeet
