#include "canvas/mask_layer.h"

#include <algorithm>

namespace lorikeet {

void MaskLayer::set(const QImage* mask) {
  mask_ = mask;
  pyramid_.clear();
  if (!isNull()) pyramid_.rebuild(*mask_);
}

void MaskLayer::update(const QImage* mask, const QRect& area) {
  mask_ = mask;
  if (!isNull()) pyramid_.update(*mask_, area);
}

void MaskLayer::setColor(const QColor& color, double opacity) {
  for (int value = 0; value < 256; ++value) {
    veil_[value] = qPremultiply(qRgba(color.red(), color.green(), color.blue(), qRound(value * opacity)));
  }
}

void MaskLayer::draw(QPainter& painter, const QRectF& visible, double zoom) const {
  if (isNull()) return;
  const int n = pyramid_.levelFor(zoom);
  const QImage& level = pyramid_.level(*mask_, n);
  const double toLevelX = double(level.width()) / mask_->width();
  const double toLevelY = double(level.height()) / mask_->height();
  const QRectF onLevel(visible.x() * toLevelX, visible.y() * toLevelY, visible.width() * toLevelX,
                       visible.height() * toLevelY);
  constexpr int kMargin = 2;  // pixels that smooth scaling looks at beyond the edge
  const QRect part = onLevel.toAlignedRect().adjusted(-kMargin, -kMargin, kMargin, kMargin) & level.rect();
  if (part.isEmpty()) return;
  QImage colored(part.size(), QImage::Format_ARGB32_Premultiplied);
  for (int y = 0; y < part.height(); ++y) {
    const uchar* in = level.constScanLine(part.top() + y) + part.left();
    auto* out = reinterpret_cast<QRgb*>(colored.scanLine(y));
    std::transform(in, in + part.width(), out, [this](uchar value) { return veil_[value]; });
  }
  painter.setRenderHint(QPainter::SmoothPixmapTransform, zoom < 2);
  const QRectF target(part.x() / toLevelX, part.y() / toLevelY, part.width() / toLevelX, part.height() / toLevelY);
  painter.drawImage(target, colored, QRectF(colored.rect()));
}

}  // namespace lorikeet
