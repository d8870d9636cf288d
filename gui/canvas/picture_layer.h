#pragma once
#include <QImage>
#include <QPainter>
#include <QRectF>

#include "canvas/image_pyramid.h"

namespace lorikeet {

/// A picture ready to be drawn at any zoom: in a format that QPainter blits fast, with its smaller levels.
class PictureLayer {
 public:
  /// Shares `image` where its format allows; a null image empties the layer.
  void set(const QImage& image);
  bool isNull() const { return image_.isNull(); }
  const QImage& image() const { return image_; }
  bool hasAlpha() const { return image_.hasAlphaChannel(); }

  /// Draws over `target` (picture units of the painter) where one unit is `zoom` device pixels: smooth, but with hard
  /// pixel edges from 200 % of the layer's own pixels on, unless `alwaysSmooth`.
  void draw(QPainter& painter, const QRectF& target, double zoom, bool alwaysSmooth = false) const;

 private:
  QImage image_;
  ImagePyramid pyramid_;
};

}  // namespace lorikeet
