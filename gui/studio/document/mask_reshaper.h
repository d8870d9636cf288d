#pragma once
#include <QImage>
#include <optional>

#include "studio/document/mask_distance.h"

namespace lorikeet {

/// Grows, shrinks and feathers a mask. The distances to its edge are measured once, so that result() follows a slider.
class MaskReshaper {
 public:
  static constexpr int kMaxGrow = 128;     ///< pixels, either way
  static constexpr int kMaxFeather = 256;  ///< pixels

  /// mask: Format_Grayscale8.
  explicit MaskReshaper(const QImage& mask);

  /// The mask with its edge moved out by `grow` pixels (in, where negative; round corners) and then softened over
  /// `feather` pixels to both sides. (0, 0) is the mask itself.
  QImage result(int grow, int feather);

 private:
  QImage grown(int grow);

  QImage mask_;
  QRect painted_;
  std::optional<MaskDistance> distance_;
};

/// Blurs `mask` inside `area` so that a hard edge becomes a soft one that reaches `width` pixels to both sides (three
/// box blurs). Pixels beyond the picture count as the outermost ones.
void featherMask(QImage& mask, int width, const QRect& area);

}  // namespace lorikeet
