#pragma once
#include <QColor>
#include <QImage>
#include <QTransform>
#include <array>
#include <cstdint>

#include "canvas/image_pyramid.h"

namespace lorikeet {

/// A mask drawn as a veil of one colour. It looks at the mask of its owner and keeps only the smaller levels of it.
class MaskLayer {
 public:
  /// Shows `mask` (Format_Grayscale8), which stays with the caller; null shows nothing.
  void set(const QImage* mask);
  /// The pixels in `area` changed, or another mask of the same size took their place.
  void update(const QImage* mask, const QRect& area);
  void setColor(const QColor& color, double opacity);
  bool isNull() const { return mask_ == nullptr || mask_->isNull(); }

  /// Lays the veil over `part` of a view (Format_RGB32, device pixels), where `toDevice` maps picture pixels to it and
  /// one of them is `zoom` device pixels: smooth, but with hard pixel edges from 200 % on. What is drawn does not
  /// depend on how a view is cut into parts.
  void lay(QImage& view, const QRect& part, const QTransform& toDevice, double zoom) const;

 private:
  const QImage* mask_ = nullptr;
  ImagePyramid pyramid_;
  /// What a mask value makes of a pixel's four channels: (channel * keep + add) / 255, rounded.
  struct Veil {
    uint64_t keep = 0;  // 16 bits for each channel, as they lie in memory
    uint64_t add = 0;
  };
  std::array<Veil, 256> veils_{};
};

}  // namespace lorikeet
