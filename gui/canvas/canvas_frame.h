#pragma once
#include <QColor>
#include <QImage>
#include <QRegion>

#include "canvas/mask_layer.h"
#include "canvas/picture_layer.h"
#include "canvas/view_transform.h"

class QPalette;

namespace lorikeet {

/// What lies under the overlays of a canvas, bottom to top.
struct CanvasScene {
  PictureLayer picture;
  PictureLayer candidate;    ///< may replace the picture; covers it right of candidateFrom
  QRectF candidateArea;      ///< picture units; reaches beyond the picture where it was extended
  double candidateFrom = 0;  ///< share of the picture's width; 0: all of the candidate is shown
  PictureLayer preview;      ///< replaces the picture inside previewArea while it forms
  QRectF previewArea;        ///< picture units
  MaskLayer mask;            ///< hidden under a candidate or a preview, which show what came of it
  bool maskVisible = true;
};

/// The colours around and behind a picture for a light or dark palette.
struct CanvasColors {
  QColor surround;
  QColor checkLight;
  QColor checkDark;
  QColor outline;
  static CanvasColors fromPalette(const QPalette& palette);
};

/// The composed view in device pixels, kept between paints so that only changed parts are drawn again. What lies under
/// the mask is kept on its own: while a mask is painted, the picture is not scaled again.
class CanvasFrame {
 public:
  /// Sets the size in device pixels; everything becomes dirty when it changes.
  void resize(QSize deviceSize);
  void invalidate() { dirty_ = QRegion(pixels_.rect()); }
  void invalidate(const QRect& deviceRect) { dirty_ += deviceRect & pixels_.rect(); }
  /// For what changed in the mask alone.
  void invalidateMask(const QRect& deviceRect) { dirtyMask_ += deviceRect & pixels_.rect(); }
  /// Moves what is drawn by whole device pixels; only the strips that come into sight become dirty.
  void scroll(QPoint delta);
  /// Draws the dirty parts again.
  void compose(const CanvasScene& scene, const ViewTransform& view, const CanvasColors& colors);
  const QImage& pixels() const { return pixels_; }

 private:
  QImage under_;
  QImage pixels_;
  QRegion dirty_;
  QRegion dirtyMask_;
};

}  // namespace lorikeet
