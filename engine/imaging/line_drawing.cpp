#include "imaging/line_drawing.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace lorikeet {
namespace {

/// A network may place the end of a line anywhere.
int wholePixel(float value) { return static_cast<int>(std::clamp(value, -32768.0F, 32767.0F)); }

}  // namespace

Image drawLines(int width, int height, std::span<const LineSegment> lines) {
  Image picture = Image::create(width, height);
  cv::Mat canvas(height, width, CV_8UC3, picture.pixels.data());
  for (const LineSegment& line : lines)
    cv::line(canvas, {wholePixel(line.x0), wholePixel(line.y0)}, {wholePixel(line.x1), wholePixel(line.y1)},
             cv::Scalar::all(255), 1);
  return picture;
}

}  // namespace lorikeet
