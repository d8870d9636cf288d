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

void drawScene(QPainter& painter, const QRect& part, const CanvasScene& scene, const ViewTransform& view,
               const CanvasColors& colors) {
  if (scene.picture.isNull() && scene.preview.isNull()) return;
  const double ratio = view.devicePixelRatio();
  const QTransform toDevice = view.pictureToWidget() * QTransform::fromScale(ratio, ratio);
  const QRectF whole(QPointF(), QSizeF(view.pictureSize()));
  painter.setRenderHint(QPainter::Antialiasing, view.rotation() != 0);
  if (scene.picture.hasAlpha() || scene.preview.hasAlpha() || scene.candidate.hasAlpha()) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(checkerboard(colors, ratio));
    painter.drawPolygon(toDevice.map(QPolygonF(whole)));
  }
  painter.setTransform(toDevice);
  scene.picture.draw(painter, whole, view.zoom());
  drawCandidate(painter, scene, whole, view.zoom());
  if (!scene.preview.isNull()) {
    const bool grows = scene.preview.image().width() < scene.previewArea.width();
    scene.preview.draw(painter, scene.previewArea, view.zoom(), grows);
  }
  if (scene.maskVisible && scene.candidate.isNull() && scene.preview.isNull()) {
    scene.mask.draw(painter, toDevice.inverted().mapRect(QRectF(part)) & whole, view.zoom());
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
  invalidate();
}

void CanvasFrame::scroll(QPoint delta) {
  const QRect moved = pixels_.rect().translated(delta) & pixels_.rect();
  if (moved.isEmpty() || !dirty_.isEmpty()) return invalidate();
  const QPoint source = moved.topLeft() - delta;
  const size_t rowBytes = static_cast<size_t>(moved.width()) * 4;
  for (int i = 0; i < moved.height(); ++i) {
    const int row = delta.y() > 0 ? moved.height() - 1 - i : i;
    uchar* target = pixels_.scanLine(moved.top() + row) + moved.left() * 4;
    std::memmove(target, pixels_.constScanLine(source.y() + row) + source.x() * 4, rowBytes);
  }
  dirty_ = QRegion(pixels_.rect()) - moved;
}

void CanvasFrame::compose(const CanvasScene& scene, const ViewTransform& view, const CanvasColors& colors) {
  for (const QRect& part : dirty_) {
    QPainter painter(&pixels_);
    painter.setClipRect(part);
    painter.fillRect(part, colors.surround);
    drawScene(painter, part, scene, view, colors);
  }
  dirty_ = QRegion();
}

}  // namespace lorikeet
