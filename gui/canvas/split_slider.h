#pragma once
#include <QPointF>
#include <QRectF>

class QPainter;

namespace lorikeet {

class ViewTransform;

/// The line on the canvas between before (left) and after (right), which can be dragged.
class SplitSlider {
 public:
  bool isOn() const { return on_; }
  void setOn(bool on) { on_ = on; }
  /// Share of the width of the picture, [0, 1].
  double position() const { return position_; }
  void setPosition(double position);
  void moveTo(QPointF picture, QSizeF pictureSize) { setPosition(picture.x() / pictureSize.width()); }

  void paint(QPainter& painter, const ViewTransform& view) const;

 private:
  bool on_ = false;
  double position_ = 0.5;
};

}  // namespace lorikeet
