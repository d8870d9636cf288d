#pragma once
#include <QImage>
#include <QRect>
#include <cstdint>
#include <vector>

namespace lorikeet {

/// The distance of each pixel to the edge of a mask (value 128), by Meijster, Roerdink and Hesselink, "A general
/// algorithm for computing distance transforms in linear time" (2000). The border of the picture is no edge.
class MaskDistance {
 public:
  static constexpr int kUnits = 16;  ///< distance units per pixel

  /// mask: Format_Grayscale8. Measures inside `area`, and distances up to `reach` pixels.
  MaskDistance(const QImage& mask, const QRect& area, int reach);

  const QRect& area() const { return area_; }
  /// Units to the edge, positive inside the mask, for the pixels of a row of the picture from area().left() on.
  const int16_t* row(int y) const;

 private:
  std::vector<int16_t> toNearest(const QImage& mask, bool inside, int far) const;

  QRect area_;
  std::vector<int16_t> signed_;
};

}  // namespace lorikeet
