#pragma once
#include <QPointF>
#include <QRect>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "studio/document/brush_tip.h"
#include "studio/document/mask_delta.h"
#include "studio/document/mask_image.h"

namespace lorikeet {

/// A round brush. Diameter in picture pixels; hardness and opacity in [0, 1]; pressure scales what is switched on.
struct Brush {
  double diameter = 40;
  double hardness = 0.8;
  double opacity = 1;
  bool pressureSize = true;
  bool pressureOpacity = false;
  bool erases = false;
};

/// One stroke of the brush on a mask, painted as it goes. Where it crosses itself it does not get stronger: each pixel
/// takes the strongest touch of the stroke. Only touched tiles are read, written and remembered.
class MaskStroke {
 public:
  MaskStroke(MaskImage& mask, const Brush& brush);
  const Brush& brush() const { return brush_; }

  /// Paints from the last point (a dab, at first) to `point` in picture pixels; pressure in [0, 1]. Returns the pixels
  /// that changed.
  QRect paintTo(QPointF point, double pressure);
  /// What the stroke did so far.
  MaskDelta delta() const;
  /// Takes everything back and returns the pixels that changed.
  QRect cancel();

 private:
  struct Tile {
    uint8_t before[MaskImage::kTileBytes];
    uint8_t coverage[MaskImage::kTileBytes];
  };

  BrushTouch touchAt(QPointF point, double pressure) const;
  QRect paintBetween(const BrushTouch& from, const BrushTouch& to, bool fromIsPainted);
  Tile& remember(int tile);
  QRect paintSweep(const BrushSweep& sweep);
  QRect paintTile(int tile, const BrushSweep& sweep, const QRect& area);

  MaskImage& mask_;
  Brush brush_;
  std::vector<std::unique_ptr<Tile>> tiles_;
  std::optional<BrushTip> tip_;     // of the last sweep
  std::optional<BrushTouch> last_;  // none before the first
};

}  // namespace lorikeet
