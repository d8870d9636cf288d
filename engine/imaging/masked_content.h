#pragma once
#include <cstdint>

#include "lorikeet/image.h"
#include "lorikeet/mask.h"
#include "lorikeet/steering.h"

namespace lorikeet {

/// The source with its masked part replaced, blended by the mask; pixels with mask 0 keep their bytes. Fill follows
/// A1111's masking.fill (premultiplied Gaussian blurs of radius 256, 64, 16, 4, 2 laid over one another) with
/// Pillow's box approximation of the Gaussian; where nothing is unmasked it is middle grey. Noise depends on the seed
/// alone. In A1111 noise and nothing are applied to the latents; this is their counterpart in pixels.
Image fillMaskedContent(const Image& source, const Mask& mask, MaskedContent content, uint64_t seed = 0);

/// A picture on a larger canvas and what of it has to be painted.
struct ExtendedCanvas {
  Image image;  ///< the source at (left, top), its surroundings filled by MaskedContent::Fill
  Mask mask;    ///< 255 on the new area and on `overlap` pixels of the source along each extended side
  Rect sourceArea;
};

/// Extends a picture by pixels on any side, for outpainting. With overlap 0 every source pixel has mask 0.
/// Throws Error(InvalidArgument) for negative numbers, nothing to extend, or a side above 16384 pixels.
ExtendedCanvas extendCanvas(const Image& source, int left, int top, int right, int bottom, int overlap = 0);

}  // namespace lorikeet
