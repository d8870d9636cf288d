#include "canvas/canvas_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

constexpr double kZoomStep = 1.189207115002721;  // four steps double the zoom
constexpr double kRotateKeyStep = 15;            // degrees

/// Zooms that differ from 100 %, 200 %, 50 % ... by a rounding error become exactly that.
double snapped(double zoom) {
  const double nearest = std::exp2(std::round(std::log2(zoom)));
  return std::abs(zoom / nearest - 1) < 0.02 ? nearest : zoom;
}

QRect deviceRect(const QRectF& widgetRect, double ratio) {
  return QRectF(widgetRect.topLeft() * ratio, widgetRect.size() * ratio).toAlignedRect();
}

}  // namespace

CanvasView::CanvasView(QWidget* parent) : QWidget(parent), colors_(CanvasColors::fromPalette(palette())) {
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMouseTracking(true);
  setAccessibleName(tr("Canvas"));
  hintTitle_ = tr("No picture yet");
  hintDetail_ = tr("Write a prompt and press Generate, or drop a picture here.");
}

CanvasView::~CanvasView() = default;

void CanvasView::setPicture(const QImage& picture) {
  scene_.picture.set(picture);
  scene_.preview.set({});
  setPictureSize(picture.size());
}

void CanvasView::setPreview(const QImage& preview, const QRect& area, QSize fullSize) {
  const bool maskFlips = scene_.preview.isNull() != preview.isNull();
  const QRectF before = scene_.preview.isNull() ? QRectF() : scene_.previewArea;
  scene_.preview.set(preview);
  if (scene_.picture.isNull()) {
    const QSize shown = preview.isNull() ? QSize() : (fullSize.isValid() ? fullSize : preview.size());
    if (shown != view_.pictureSize()) setPictureSize(shown);
  }
  scene_.previewArea = area.isValid() ? QRectF(area) : QRectF(QPointF(), QSizeF(view_.pictureSize()));
  updatePictureArea(preview.isNull() ? before : before | scene_.previewArea);
  if (maskFlips) updateMaskArea(QRectF(QPointF(), QSizeF(view_.pictureSize())));
}

void CanvasView::setHint(const QString& title, const QString& detail) {
  hintTitle_ = title;
  hintDetail_ = detail;
  update();
}

void CanvasView::setPictureSize(QSize size) {
  const double zoomBefore = zoom();
  if (size != view_.pictureSize()) {
    view_.setPictureSize(size);
    fitted_ = true;
    followWidget();
    view_.fit();
  }
  updateCursor();
  announceChange(zoomBefore, rotation());
}

void CanvasView::zoomIn() { zoomBySteps(2, centre()); }
void CanvasView::zoomOut() { zoomBySteps(-2, centre()); }
void CanvasView::zoomTo100() { zoomTo(1, centre()); }
void CanvasView::setZoom(double zoom) { zoomTo(zoom, centre()); }
void CanvasView::rotateBy(double degrees) { rotateAbout(degrees, centre()); }
void CanvasView::resetRotation() { rotateAbout(-rotation(), centre()); }

void CanvasView::zoomToFit() {
  const double zoomBefore = zoom();
  fitted_ = true;
  view_.fit();
  announceChange(zoomBefore, rotation());
}

void CanvasView::zoomBySteps(double steps, QPointF anchor) {
  zoomTo(snapped(zoom() * std::pow(kZoomStep, steps)), anchor);
}

void CanvasView::zoomTo(double zoomWanted, QPointF anchor) {
  if (view_.pictureSize().isEmpty()) return;
  const double zoomBefore = zoom();
  fitted_ = false;
  view_.zoomTo(zoomWanted, anchor);
  announceChange(zoomBefore, rotation());
}

void CanvasView::rotateAbout(double degrees, QPointF anchor) {
  if (view_.pictureSize().isEmpty() || degrees == 0) return;
  const double zoomBefore = zoom();
  const double rotationBefore = rotation();
  view_.rotateBy(degrees, anchor);
  if (fitted_) view_.fit();
  announceChange(zoomBefore, rotationBefore);
}

void CanvasView::panBy(QPointF delta) {
  const double ratio = devicePixelRatioF();
  const QPointF originBefore = view_.toWidget({}) * ratio;
  fitted_ = false;
  view_.panBy(delta);
  const QPointF moved = view_.toWidget({}) * ratio - originBefore;
  const QPoint whole = moved.toPoint();
  if (QLineF(moved, whole).length() < 0.01) {
    frame_.scroll(whole);
  } else {
    frame_.invalidate();
  }
  update();
  emit viewChanged();
}

void CanvasView::announceChange(double zoomBefore, double rotationBefore) {
  frame_.invalidate();
  update();
  if (zoom() != zoomBefore) emit zoomChanged(zoom());
  if (rotation() != rotationBefore) emit rotationChanged(rotation());
  emit viewChanged();
}

void CanvasView::followWidget() {
  const double ratio = devicePixelRatioF();
  view_.setWidget(size(), ratio);
  frame_.resize(QSize(std::ceil(width() * ratio), std::ceil(height() * ratio)));
}

void CanvasView::fitIfFitted() {
  const double zoomBefore = zoom();
  followWidget();
  if (fitted_) view_.fit();
  announceChange(zoomBefore, rotation());
}

QRectF CanvasView::shownArea(const QRectF& area) const {
  return view_.pictureToWidget().mapRect(area).adjusted(-1, -1, 1, 1);
}

void CanvasView::updatePictureArea(const QRectF& area) {
  if (area.isEmpty()) return;
  const QRectF shown = shownArea(area);
  frame_.invalidate(deviceRect(shown, devicePixelRatioF()));
  update(shown.toAlignedRect());
}

void CanvasView::updateMaskArea(const QRectF& area) {
  if (area.isEmpty()) return;
  // Smooth scaling looks at a pixel of the smaller level beyond the edge, which may be two pixels of the picture wide.
  const double reach = std::max(2.0, 2 / zoom());
  const QRectF shown = shownArea(area.adjusted(-reach, -reach, reach, reach));
  frame_.invalidateMask(deviceRect(shown, devicePixelRatioF()));
  update(shown.toAlignedRect());
}

void CanvasView::resizeEvent(QResizeEvent*) { fitIfFitted(); }

void CanvasView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
    colors_ = CanvasColors::fromPalette(palette());
    frame_.invalidate();
    update();
  }
  QWidget::changeEvent(event);
}

void CanvasView::paintEvent(QPaintEvent* event) {
  const double ratio = devicePixelRatioF();
  if (ratio != view_.devicePixelRatio()) fitIfFitted();
  frame_.compose(scene_, view_, colors_);
  QPainter painter(this);
  painter.save();
  painter.scale(1 / ratio, 1 / ratio);
  for (const QRect& part : event->region()) {
    const QRect pixels = deviceRect(part, ratio);
    painter.drawImage(pixels.topLeft(), frame_.pixels(), pixels);
  }
  painter.restore();
  if (view_.pictureSize().isEmpty()) return paintHint(painter);
  painter.setRenderHint(QPainter::Antialiasing, rotation() != 0);
  painter.setPen(QPen(colors_.outline, 0));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolygon(view_.pictureToWidget().map(QPolygonF(QRectF(QPointF(), QSizeF(view_.pictureSize())))));
  paintOverlay(painter);
}

void CanvasView::paintOverlay(QPainter&) {}

void CanvasView::paintHint(QPainter& painter) {
  painter.setRenderHint(QPainter::Antialiasing);
  QColor faint = palette().color(QPalette::WindowText);
  faint.setAlphaF(0.25);
  const int margin = std::min(width(), height()) / 12;
  const QRect frame = rect().adjusted(margin, margin, -margin, -margin);
  painter.setPen(QPen(faint, 1.5, Qt::DashLine));
  painter.drawRoundedRect(frame, 10, 10);

  QFont titleFont = font();
  titleFont.setPointSizeF(font().pointSizeF() * 1.5);
  const QRect textArea = frame.adjusted(16, 8, -16, -8);
  const int titleHeight = QFontMetrics(titleFont).height();
  const QRect detailBounds =
      fontMetrics().boundingRect(textArea, Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, hintDetail_);
  const int top = textArea.center().y() - (titleHeight + 8 + detailBounds.height()) / 2;
  QColor text = palette().color(QPalette::WindowText);
  text.setAlphaF(0.8);
  painter.setPen(text);
  painter.setFont(titleFont);
  painter.drawText(QRect(textArea.left(), top, textArea.width(), titleHeight), Qt::AlignCenter, hintTitle_);
  text.setAlphaF(0.6);
  painter.setPen(text);
  painter.setFont(font());
  painter.drawText(QRect(textArea.left(), top + titleHeight + 8, textArea.width(), detailBounds.height() + 4),
                   Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, hintDetail_);
}

void CanvasView::wheelEvent(QWheelEvent* event) {
  const double steps = event->angleDelta().y() / 120.0;
  if (steps != 0) zoomBySteps(steps, event->position());
  event->accept();
}

void CanvasView::mousePressEvent(QMouseEvent* event) {
  const bool pans = event->button() == Qt::MiddleButton || (spaceHeld_ && event->button() == Qt::LeftButton);
  if (!pans || view_.pictureSize().isEmpty() || drag_ != Drag::None) return QWidget::mousePressEvent(event);
  drag_ = event->modifiers().testFlag(Qt::ShiftModifier) ? Drag::Rotate : Drag::Pan;
  dragPoint_ = event->position();
  updateCursor();
}

void CanvasView::mouseMoveEvent(QMouseEvent* event) {
  if (drag_ == Drag::None) return QWidget::mouseMoveEvent(event);
  if (drag_ == Drag::Pan) {
    panBy(event->position() - dragPoint_);
  } else {
    const QLineF before(centre(), dragPoint_);
    const QLineF now(centre(), event->position());
    rotateAbout(std::remainder(before.angle() - now.angle(), 360.0), centre());
  }
  dragPoint_ = event->position();
}

void CanvasView::mouseReleaseEvent(QMouseEvent* event) {
  if (drag_ == Drag::None || (event->buttons() & (Qt::LeftButton | Qt::MiddleButton))) {
    return QWidget::mouseReleaseEvent(event);
  }
  drag_ = Drag::None;
  updateCursor();
}

void CanvasView::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Space:
      if (!event->isAutoRepeat()) setSpaceHeld(true);
      return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomIn();
    case Qt::Key_Minus:
      return zoomOut();
    case Qt::Key_4:
      return rotateBy(-kRotateKeyStep);
    case Qt::Key_5:
      return resetRotation();
    case Qt::Key_6:
      return rotateBy(kRotateKeyStep);
    default:
      QWidget::keyPressEvent(event);
  }
}

void CanvasView::keyReleaseEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Space) return QWidget::keyReleaseEvent(event);
  if (!event->isAutoRepeat()) setSpaceHeld(false);
}

void CanvasView::focusOutEvent(QFocusEvent* event) {
  setSpaceHeld(false);
  QWidget::focusOutEvent(event);
}

void CanvasView::setSpaceHeld(bool held) {
  spaceHeld_ = held;
  updateCursor();
}

void CanvasView::updateCursor() {
  if (drag_ != Drag::None) {
    setCursor(Qt::ClosedHandCursor);
  } else if (spaceHeld_ && !view_.pictureSize().isEmpty()) {
    setCursor(Qt::OpenHandCursor);
  } else {
    unsetCursor();
  }
}

}  // namespace lorikeet
