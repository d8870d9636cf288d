#include "canvas/view_transform.h"

#include <algorithm>
#include <cmath>

namespace lorikeet {
namespace {

constexpr double kFitMargin = 12;  // logical pixels around a fitted picture
constexpr double kMaxFitZoom = 16;
constexpr double kKeptInSight = 32;  // logical pixels of the picture that cannot be panned out of the widget

double normalizedDegrees(double degrees) {
  const double turned = std::remainder(degrees, 360.0);
  return turned <= -180 ? turned + 360 : turned;
}

}  // namespace

void ViewTransform::setWidget(QSize size, double devicePixelRatio) {
  const double logicalScale = scale();
  widgetSize_ = size;
  if (devicePixelRatio_ == devicePixelRatio) return;
  devicePixelRatio_ = devicePixelRatio;
  zoom_ = std::clamp(logicalScale * devicePixelRatio, kMinZoom, kMaxZoom);
}

void ViewTransform::setPictureSize(QSize size) {
  pictureSize_ = size;
  keepInSight();
}

QTransform ViewTransform::rotationAndScale() const {
  QTransform transform;
  transform.rotate(rotation_);
  transform.scale(scale(), scale());
  return transform;
}

QTransform ViewTransform::pictureToWidget() const {
  const QTransform exact = exactPictureToWidget();
  if (std::fmod(rotation_, 90.0) != 0) return exact;
  const double dx = std::round(exact.dx() * devicePixelRatio_) / devicePixelRatio_;
  const double dy = std::round(exact.dy() * devicePixelRatio_) / devicePixelRatio_;
  return exact * QTransform::fromTranslate(dx - exact.dx(), dy - exact.dy());
}

QTransform ViewTransform::exactPictureToWidget() const {
  const QTransform transform = rotationAndScale();
  const QPointF offset = QPointF(widgetSize_.width() / 2.0, widgetSize_.height() / 2.0) - transform.map(centre_);
  return transform * QTransform::fromTranslate(offset.x(), offset.y());
}

QPointF ViewTransform::toPicture(QPointF widget) const { return pictureToWidget().inverted().map(widget); }

void ViewTransform::zoomTo(double zoom, QPointF anchor) {
  const QPointF fixedPoint = exactPictureToWidget().inverted().map(anchor);
  zoom_ = std::clamp(zoom, kMinZoom, kMaxZoom);
  panBy(anchor - exactPictureToWidget().map(fixedPoint));
}

void ViewTransform::rotateBy(double degrees, QPointF anchor) {
  const QPointF fixedPoint = exactPictureToWidget().inverted().map(anchor);
  rotation_ = normalizedDegrees(rotation_ + degrees);
  panBy(anchor - exactPictureToWidget().map(fixedPoint));
}

void ViewTransform::panBy(QPointF delta) {
  centre_ -= rotationAndScale().inverted().map(delta);
  keepInSight();
}

double ViewTransform::fitZoom() const {
  if (pictureSize_.isEmpty() || widgetSize_.isEmpty()) return 1;
  QTransform turn;
  turn.rotate(rotation_);
  const QRectF turned = turn.mapRect(QRectF(QPointF(), QSizeF(pictureSize_)));
  const double availableWidth = std::max(widgetSize_.width() - 2 * kFitMargin, 16.0);
  const double availableHeight = std::max(widgetSize_.height() - 2 * kFitMargin, 16.0);
  const double fitted = std::min(availableWidth / turned.width(), availableHeight / turned.height());
  return std::clamp(fitted * devicePixelRatio_, kMinZoom, kMaxFitZoom);
}

void ViewTransform::fit() {
  zoom_ = fitZoom();
  centre_ = QPointF(pictureSize_.width() / 2.0, pictureSize_.height() / 2.0);
}

void ViewTransform::keepInSight() {
  if (pictureSize_.isEmpty() || widgetSize_.isEmpty()) return;
  const QRectF shown = pictureToWidget().mapRect(QRectF(QPointF(), QSizeF(pictureSize_)));
  const double keptX = std::min(kKeptInSight, shown.width());
  const double keptY = std::min(kKeptInSight, shown.height());
  QPointF back;
  if (shown.right() < keptX) back.setX(keptX - shown.right());
  if (shown.left() > widgetSize_.width() - keptX) back.setX(widgetSize_.width() - keptX - shown.left());
  if (shown.bottom() < keptY) back.setY(keptY - shown.bottom());
  if (shown.top() > widgetSize_.height() - keptY) back.setY(widgetSize_.height() - keptY - shown.top());
  if (!back.isNull()) centre_ -= rotationAndScale().inverted().map(back);
}

}  // namespace lorikeet
