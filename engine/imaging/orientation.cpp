#include "imaging/orientation.h"

#include <algorithm>

namespace lorikeet {
namespace {

/// Copies pixel (x, y) of the source, of `channels` bytes, to where the orientation puts it.
void reorder(const uint8_t* source, int width, int height, int channels, int orientation, uint8_t* target) {
  const bool transposed = orientation >= 5;
  const bool mirrorX = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool mirrorY = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  const int targetWidth = transposed ? height : width;
  const int targetHeight = transposed ? width : height;
  for (int y = 0; y < targetHeight; ++y) {
    for (int x = 0; x < targetWidth; ++x) {
      const int u = mirrorX ? targetWidth - 1 - x : x;
      const int v = mirrorY ? targetHeight - 1 - y : y;
      const size_t from = transposed ? static_cast<size_t>(u) * width + v : static_cast<size_t>(v) * width + u;
      std::copy_n(source + from * channels, channels, target);
      target += channels;
    }
  }
}

}  // namespace

Image applyOrientation(Image image, int orientation) {
  if (orientation <= 1 || orientation > 8) return image;
  Image turned = orientation >= 5 ? Image::create(image.height, image.width) : Image::create(image.width, image.height);
  reorder(image.pixels.data(), image.width, image.height, 3, orientation, turned.pixels.data());
  return turned;
}

Mask applyOrientation(Mask mask, int orientation) {
  if (orientation <= 1 || orientation > 8) return mask;
  Mask turned = orientation >= 5 ? Mask::create(mask.height, mask.width) : Mask::create(mask.width, mask.height);
  reorder(mask.values.data(), mask.width, mask.height, 1, orientation, turned.values.data());
  return turned;
}

}  // namespace lorikeet
