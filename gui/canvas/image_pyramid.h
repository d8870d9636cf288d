#pragma once
#include <QImage>
#include <QRect>
#include <vector>

namespace lorikeet {

/// The halves, quarters ... of a picture, so that a zoomed-out view draws few pixels and does not shimmer. The full
/// picture stays with its owner and is handed in, so it is never copied or detached here. Every pixel is the mean of
/// 2 x 2 pixels of the level above. Works on Format_Grayscale8 and on 32-bit (premultiplied) formats.
class ImagePyramid {
 public:
  /// Computes all levels of `base` down to about 64 pixels.
  void rebuild(const QImage& base);
  /// Recomputes what `changed` (pixels of `base`) touches; `base` has the size of the last rebuild().
  void update(const QImage& base, const QRect& changed);
  void clear() { levels_.clear(); }

  /// The level to draw at `zoom` device pixels per picture pixel: the smallest that has at least that many pixels.
  int levelFor(double zoom) const;
  /// Level 0 is `base` itself, level n is 2^n times smaller.
  const QImage& level(const QImage& base, int n) const { return n == 0 ? base : levels_[n - 1]; }

 private:
  std::vector<QImage> levels_;
};

}  // namespace lorikeet
