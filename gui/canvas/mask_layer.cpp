#include "canvas/mask_layer.h"

#include <bit>
#include <cstring>
#include <vector>

#include "canvas/mask_sampler.h"

namespace lorikeet {
namespace {

using Lanes [[gnu::vector_size(16)]] = uint16_t;  // the channels of two pixels
using Pair [[gnu::vector_size(16)]] = uint64_t;
using Bytes [[gnu::vector_size(8)]] = uint8_t;

/// Two pixels under the veils of their mask values; x / 255 is rounded exactly, in 16 bits.
template <typename Veil>
void layTwo(QRgb* pixels, const Veil& first, const Veil& second) {
  const auto keep = std::bit_cast<Lanes>(Pair{first.keep, second.keep});
  const auto add = std::bit_cast<Lanes>(Pair{first.add, second.add});
  Bytes under;
  std::memcpy(&under, pixels, sizeof under);
  Lanes sum = __builtin_convertvector(under, Lanes) * keep + add;
  sum = (sum + (sum >> 8)) >> 8;
  under = __builtin_convertvector(sum, Bytes);
  std::memcpy(pixels, &under, sizeof under);
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
  const QRgb opaque = qRgb(color.red(), color.green(), color.blue());
  const auto parts = std::bit_cast<std::array<uint8_t, 4>>(opaque);
  for (int value = 0; value < 256; ++value) {
    const auto alpha = static_cast<uint16_t>(qRound(value * opacity));
    std::array<uint16_t, 4> keep;
    std::array<uint16_t, 4> add;
    for (int channel = 0; channel < 4; ++channel) {
      keep[channel] = static_cast<uint16_t>(255 - alpha);
      add[channel] = static_cast<uint16_t>(parts[channel] * alpha + 128);
    }
    veils_[value] = {std::bit_cast<uint64_t>(keep), std::bit_cast<uint64_t>(add)};
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
    int x = 0;
    for (; x + 2 <= count; x += 2)
      if ((values[x] | values[x + 1]) != 0) layTwo(out + x, veils_[values[x]], veils_[values[x + 1]]);
    if (x < count && values[x] != 0) {
      std::array<QRgb, 2> last{out[x], 0};
      layTwo(last.data(), veils_[values[x]], Veil());
      out[x] = last[0];
    }
  }
}

}  // namespace lorikeet
