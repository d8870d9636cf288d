#pragma once
#include <span>

#include "lorikeet/image.h"

namespace lorikeet {

/// A straight line between two points, in pixels.
struct LineSegment {
  float x0 = 0;
  float y0 = 0;
  float x1 = 0;
  float y1 = 0;
};

/// White lines of one pixel on black, coordinates cut off to whole pixels, as ControlNet's annotators draw them.
Image drawLines(int width, int height, std::span<const LineSegment> lines);

}  // namespace lorikeet
