#include "canvas/mask_layer.h"

#include <vector>

#include "canvas/mask_sampler.h"

namespace lorikeet {
namespace {

/// An opaque colour under a premultiplied one, two channels at a time; x / 255 is rounded exactly.
QRgb veiled(QRgb under, QRgb veil) {
  constexpr uint32_t kMask = 0x00FF00FF;
  const uint32_t share = 255 - qAlpha(veil);
  uint32_t low = (under & kMask) * share + 0x00800080;
  uint32_t high = ((under >> 8) & kMask) * share + 0x00800080;
  low = ((low + ((low >> 8) & kMask)) >> 8) & kMask;
  high = (high + ((high >> 8) & kMask)) & ~kMask;
  return veil + (low | high);
}

}  // namespace

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

void MaskLayer::lay(QImage& view, const QRect& part, const QTransform& toDevice, double zoom) const {
  if (isNull()) return;
  const QImage& level = pyramid_.level(*mask_, pyramid_.levelFor(zoom));
  MaskSampler sampler(level,
                      toDevice.inverted() * QTransform::fromScale(double(level.width()) / mask_->width(),
                                                                  double(level.height()) / mask_->height()),
                      zoom < 2);
  const QRect area = part & view.rect();
  std::vector<uint8_t> values(area.width());
  for (int y = area.top(); y <= area.bottom(); ++y) {
    const auto [first, count] = sampler.sampleRow(area.left(), y, values);
    auto* out = reinterpret_cast<QRgb*>(view.scanLine(y)) + area.left() + first;
    for (int x = 0; x < count; ++x) {
      if (values[x] != 0) out[x] = veiled(out[x], veil_[values[x]]);
    }
  }
}

}  // namespace lorikeet
