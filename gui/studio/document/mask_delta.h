#pragma once
#include <QByteArray>
#include <QRect>
#include <vector>

#include "studio/document/mask_image.h"

namespace lorikeet {

/// The change of a mask as the exclusive or of its changed tiles: the same data undoes and redoes it, and it
/// compresses to little. Valid for masks of one size.
class MaskDelta {
 public:
  MaskDelta() = default;
  /// From `before` to `after` (Format_Grayscale8, the same size), looking only inside `area`.
  static MaskDelta between(const MaskImage& before, const QImage& after, const QRect& area);

  /// Adds a tile: 64 x 64 bytes, the exclusive or of its old and new pixels, rows of 64. Tiles without change are
  /// left out.
  void addTile(int tile, const QByteArray& difference);

  bool isEmpty() const { return tiles_.empty(); }
  int tileCount() const { return static_cast<int>(tiles_.size()); }
  /// Applies it (or takes it back) and returns the pixels that changed.
  QRect applyTo(MaskImage& mask) const;

  /// Compressed bytes, and back; throws Error(Corrupt) where they do not describe tiles.
  QByteArray toBytes() const;
  static MaskDelta fromBytes(const QByteArray& bytes);

 private:
  std::vector<int> tiles_;
  QByteArray differences_;  // kTileBytes a tile
};

}  // namespace lorikeet
