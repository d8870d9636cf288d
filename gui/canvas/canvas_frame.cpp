#include "canvas/canvas_frame.h"

#include <QPainter>
#include <QPalette>
#include <algorithm>
#include <cstring>

namespace lorikeet {
namespace {

constexpr int kCheckSize = 8;  // logical pixels

QColor neutral(int lightness) { return QColor(lightness, lightness, lightness); }

QBrush checkerboard(const CanvasColors& colors, double devicePixelRatio) {
  const int side = std::max(1, qRound(kCheckSize * devicePixelRatio));
  QImage tile(2 * side, 2 * side, QImage::Format_RGB32);
  tile.fill(colors.checkLight);
  QPainter painter(&tile);
  painter.fillRect(side, 0, side, side, colors.checkDark);
  painter.fillRect(0, side, side, side, colors.checkDark);
  painter.end();
  return QBrush(tile);
}

void drawCandidate(QPainter& painter, const CanvasScene& scene, const QRectF& whole, double zoom) {
  if (scene.candidate.isNull() || scene.candidateFrom >= 1) return;
  painter.save();
  QRectF shown = scene.candidateArea;
  if (scene.candidateFrom > 0) shown.setLeft(std::min(whole.width() * scene.candidateFrom, shown.right()));
  painter.setClipRect(shown, Qt::IntersectClip);
  scene.candidate.draw(painter, scene.candidateArea, zoom);
  painter.restore();
}

/// Picture pixels to device pixels.
QTransform toDevice(const ViewTransform& view) {
  return view.pictureToWidget() * QTransform::fromScale(view.devicePixelRatio(), view.devicePixelRatio());
}

/// All but the mask.
void drawScene(QPainter& painter, const CanvasScene& scene, const ViewTransform& view, const CanvasColors& colors) {
  if (scene.picture.isNull() && scene.preview.isNull()) return;
  const QRectF whole(QPointF(), QSizeF(view.pictureSize()));
  painter.setRenderHint(QPainter::Antialiasing, view.rotation() != 0);
  if (scene.picture.hasAlpha() || scene.preview.hasAlpha() || scene.candidate.hasAlpha()) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(checkerboard(colors, view.devicePixelRatio()));
    painter.drawPolygon(toDevice(view).map(QPolygonF(whole)));
  }
  painter.setTransform(toDevice(view));
  scene.picture.draw(painter, whole, view.zoom());
  drawCandidate(painter, scene, whole, view.zoom());
  if (scene.preview.isNull()) return;
  const bool grows = scene.preview.image().width() < scene.previewArea.width();
  scene.preview.draw(painter, scene.previewArea, view.zoom(), grows);
}

bool showsMask(const CanvasScene& scene) {
  return scene.maskVisible && !scene.picture.isNull() && scene.candidate.isNull() && scene.preview.isNull();
}

void copyPart(const QImage& from, QImage& to, const QRect& part) {
  const size_t offset = static_cast<size_t>(part.left()) * sizeof(QRgb);
  for (int y = part.top(); y <= part.bottom(); ++y)
    std::memcpy(to.scanLine(y) + offset, from.constScanLine(y) + offset, part.width() * sizeof(QRgb));
}

/// Moves the pixels of `moved` (where they arrive) by `delta`.
void scrollPixels(QImage& image, const QRect& moved, QPoint delta) {
  const QPoint source = moved.topLeft() - delta;
  const size_t rowBytes = static_cast<size_t>(moved.width()) * sizeof(QRgb);
  for (int i = 0; i < moved.height(); ++i) {
    const int row = delta.y() > 0 ? moved.height() - 1 - i : i;
    uchar* target = image.scanLine(moved.top() + row) + moved.left() * sizeof(QRgb);
    std::memmove(target, image.constScanLine(source.y() + row) + source.x() * sizeof(QRgb), rowBytes);
  }
}

}  // namespace

CanvasColors CanvasColors::fromPalette(const QPalette& palette) {
  const int lightness = palette.color(QPalette::Window).lightness();
  if (lightness < 128) {
    return {neutral(std::max(lightness - 14, 16)), neutral(100), neutral(76), QColor(255, 255, 255, 36)};
  }
  return {neutral(std::max(lightness - 28, 0)), neutral(255), neutral(222), QColor(0, 0, 0, 70)};
}

void CanvasFrame::resize(QSize deviceSize) {
  if (pixels_.size() == deviceSize) return;
  pixels_ = QImage(deviceSize, QImage::Format_RGB32);
  under_ = QImage(deviceSize, QImage::Format_RGB32);
  dirtyMask_ = QRegion();
  invalidate();
}

void CanvasFrame::scroll(QPoint delta) {
  const QRect moved = pixels_.rect().translated(delta) & pixels_.rect();
  if (moved.isEmpty() || !dirty_.isEmpty() || !dirtyMask_.isEmpty()) return invalidate();
  scrollPixels(under_, moved, delta);
  scrollPixels(pixels_, moved, delta);
  dirty_ = QRegion(pixels_.rect()) - moved;
}

void CanvasFrame::compose(const CanvasScene& scene, const ViewTransform& view, const CanvasColors& colors) {
  for (const QRect& part : dirty_) {
    QPainter painter(&under_);
    painter.setClipRect(part);
    painter.fillRect(part, colors.surround);
    drawScene(painter, scene, view, colors);
  }
  for (const QRect& part : dirty_ + dirtyMask_) {
    copyPart(under_, pixels_, part);
    if (showsMask(scene)) scene.mask.lay(pixels_, part, toDevice(view), view.zoom());
  }
  dirty_ = QRegion();
  dirtyMask_ = QRegion();
}

}  // namespace lorikeet
