#pragma once
#include <stop_token>

#include "lorikeet/image.h"
#include "lorikeet/mask.h"

namespace lorikeet {

/// Puts a repainted picture into its source: (source * (255 - mask) + painted * mask) / 255, rounded. Where the mask is
/// 0 the bytes are the source's, where it is 255 the painted picture's. All three must have the same size.
Image compositeMasked(const Image& source, const Image& painted, const Mask& mask);

/// Puts a picture that was painted for `area` of the source (at any work size) back: scaled to the area, then blended
/// by the mask, which has the source's size. Everything outside the area, and every pixel with mask 0, stays as it is.
Image pasteMaskedArea(const Image& source, const Image& painted, const Rect& area, const Mask& mask);

/// Colours of `painted` shifted and stretched per channel so that its unmasked pixels within `ringWidth` pixels of the
/// mask have the mean and (within 0.8..1.25) the spread of the source's there. Unchanged when the ring has fewer than
/// 16 pixels. After Reinhard et al., Color Transfer between Images (2001), in RGB.
Image matchSeamColours(const Image& source, const Image& painted, const Mask& mask, const std::stop_token& stop = {},
                       int ringWidth = 16);

}  // namespace lorikeet
