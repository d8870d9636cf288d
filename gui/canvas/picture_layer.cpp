#include "canvas/picture_layer.h"

namespace lorikeet {

void PictureLayer::set(const QImage& image) {
  const auto format = image.hasAlphaChannel() ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32;
  image_ = image.isNull() || image.format() == format ? image : image.convertToFormat(format);
  image_.setDevicePixelRatio(1);
  pyramid_.rebuild(image_);
}

void PictureLayer::draw(QPainter& painter, const QRectF& target, double zoom, bool alwaysSmooth) const {
  if (isNull()) return;
  const double pixelZoom = zoom * target.width() / image_.width();
  painter.setRenderHint(QPainter::SmoothPixmapTransform, alwaysSmooth || pixelZoom < 2);
  const QImage& level = pyramid_.level(image_, pyramid_.levelFor(pixelZoom));
  painter.drawImage(target, level, QRectF(level.rect()));
}

}  // namespace lorikeet
