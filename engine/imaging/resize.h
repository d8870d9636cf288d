#pragma once
#include <stop_token>

#include "lorikeet/image.h"
#include "lorikeet/mask.h"

namespace lorikeet {

enum class ResizeFilter { Nearest, Area, Bilinear, Bicubic, Lanczos };

/// Resizes with Pillow's antialiased, separable filters (Image.resize, rows first), byte for byte, because that is how
/// diffusers and A1111 scale their inputs; OpenCV's Lanczos and bicubic do not smooth when they shrink. Throws
/// Error(InvalidArgument) for a size below 1 or above 32768, or an empty source; Stopped within some milliseconds.
Image resizeImage(const Image& source, int width, int height, ResizeFilter filter = ResizeFilter::Lanczos,
                  const std::stop_token& stop = {});
Mask resizeMask(const Mask& source, int width, int height, ResizeFilter filter = ResizeFilter::Bilinear,
                const std::stop_token& stop = {});

/// The pixels of a rectangle, which must lie inside the source.
Image cropImage(const Image& source, const Rect& area);
Mask cropMask(const Mask& source, const Rect& area);
/// Copies a picture into another at a place where it fits.
void pasteImage(Image& target, const Image& part, int x, int y);
void pasteMask(Mask& target, const Mask& part, int x, int y);

}  // namespace lorikeet
