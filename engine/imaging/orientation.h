#pragma once
#include "lorikeet/image.h"
#include "lorikeet/mask.h"

namespace lorikeet {

/// Turns and mirrors by an EXIF orientation 1..8, so that the picture stands as its photographer saw it.
Image applyOrientation(Image image, int orientation);
Mask applyOrientation(Mask mask, int orientation);

}  // namespace lorikeet
