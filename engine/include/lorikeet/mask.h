#pragma once
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "lorikeet/image.h"

namespace lorikeet {

/// Which pixels of a picture to repaint: 0 keeps, 255 repaints, values between blend. Rows top to bottom without
/// padding: values[y * width + x]. Also used for the opacity of a picture. A value.
struct Mask {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> values;

  bool empty() const { return values.empty(); }
  bool operator==(const Mask&) const = default;
  static Mask create(int width, int height, uint8_t value = 0) {
    return {width, height, std::vector<uint8_t>(static_cast<size_t>(width) * height, value)};
  }
};

/// A rectangle of pixels; x and y are its left and top.
struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  bool empty() const { return width <= 0 || height <= 0; }
  bool operator==(const Rect&) const = default;
};

/// True when some pixel is repainted (value above 0), and when every pixel is 255.
bool anyMasked(const Mask& mask);
bool allMasked(const Mask& mask);

Mask invertMask(const Mask& mask);
/// 255 where the value is at least the threshold, else 0.
Mask binarizeMask(const Mask& mask, int threshold = 128);
/// Gaussian blur with the given sigma in pixels, by the rule of A1111's mask blur (kernel 2*int(2.5*sigma+0.5)+1).
/// It spreads the mask outward as well. Throws Error(InvalidArgument) for a sigma outside 0..256, and like growMask an
/// exception that is no Error soon after a stop.
Mask blurMask(const Mask& mask, double sigma, const std::stop_token& stop = {});
/// Sets every pixel within `pixels` (Euclidean) of a value of at least 128 to 255; a negative number shrinks: every
/// pixel within that distance of a value below 128 becomes 0. Other values stay. The picture's border does not shrink.
/// Throws Error(InvalidArgument) beyond 1024 pixels.
Mask growMask(const Mask& mask, int pixels, const std::stop_token& stop = {});
/// Lets the mask fall off smoothly over its inner `pixels`, so that no pixel outside it becomes masked.
/// Throws Error(InvalidArgument) outside 0..1024.
Mask featherMask(const Mask& mask, int pixels, const std::stop_token& stop = {});
/// The smallest rectangle that holds every value above 0; empty when there is none.
Rect maskBounds(const Mask& mask);
/// The part of the picture that "only masked" works on: the mask's bounds with padding, widened to the aspect of
/// workWidth x workHeight as far as the picture reaches (A1111's get_crop_region and expand_crop_region).
/// Throws Error(InvalidArgument) for an empty mask, a negative padding or an empty work size.
Rect onlyMaskedArea(const Mask& mask, int padding, int workWidth, int workHeight);

}  // namespace lorikeet
