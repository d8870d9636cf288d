#pragma once
#include <QPointF>
#include <QRectF>
#include <QSize>
#include <QTransform>

namespace lorikeet {

/// Where a picture stands in a widget: zoom, rotation about the widget's centre and the picture point that lies there.
/// Zoom is in device pixels per picture pixel (1 = 100 %), everything else in logical widget pixels. A value.
class ViewTransform {
 public:
  static constexpr double kMinZoom = 1.0 / 64;
  static constexpr double kMaxZoom = 64;

  void setWidget(QSize size, double devicePixelRatio);
  void setPictureSize(QSize size);

  double zoom() const { return zoom_; }
  double rotation() const { return rotation_; }
  QPointF centre() const { return centre_; }
  QSize pictureSize() const { return pictureSize_; }
  double devicePixelRatio() const { return devicePixelRatio_; }
  /// Logical widget pixels per picture pixel.
  double scale() const { return zoom_ / devicePixelRatio_; }

  /// Changes the zoom, clamped to [kMinZoom, kMaxZoom]; the picture point under `anchor` (widget) stays there.
  void zoomTo(double zoom, QPointF anchor);
  /// Turns the view by `degrees` clockwise about `anchor` (widget). The result is kept in (-180, 180].
  void rotateBy(double degrees, QPointF anchor);
  /// Moves the picture by `delta` widget pixels, and keeps part of it inside the widget.
  void panBy(QPointF delta);
  /// Shows the whole (rotated) picture, centred with a margin.
  void fit();
  /// The zoom that fit() chooses: small pictures are enlarged up to 16 times.
  double fitZoom() const;

  /// Picture to widget. Without rotation, and for quarter turns, it lands on whole device pixels, so 100 % is crisp.
  QTransform pictureToWidget() const;
  QPointF toPicture(QPointF widget) const;
  QPointF toWidget(QPointF picture) const { return pictureToWidget().map(picture); }

 private:
  QTransform rotationAndScale() const;
  QTransform exactPictureToWidget() const;
  void keepInSight();

  QSize widgetSize_;
  QSize pictureSize_;
  double devicePixelRatio_ = 1;
  double zoom_ = 1;
  double rotation_ = 0;
  QPointF centre_;
};

}  // namespace lorikeet
