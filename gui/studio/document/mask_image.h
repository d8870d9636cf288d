#pragma once
#include <QImage>
#include <QRect>
#include <vector>

namespace lorikeet {

/// The repaint mask of a picture, one byte a pixel (255 = repaint), seen as tiles of 64 x 64 pixels: the unit of undo
/// and of the search for the painted area. Copies share the pixels until one is written.
class MaskImage {
 public:
  static constexpr int kTileSide = 64;
  static constexpr int kTileBytes = kTileSide * kTileSide;

  MaskImage() = default;
  /// An empty mask.
  explicit MaskImage(QSize size);

  const QImage& image() const { return image_; }
  QSize size() const { return image_.size(); }
  int tileColumns() const { return tileColumns_; }
  int tileCount() const { return static_cast<int>(painted_.size()); }
  /// Pixels of a tile; smaller at the right and lower edge.
  QRect tileRect(int tile) const;
  /// Columns and rows of the tiles that `area` (pixels) touches.
  QRect tilesTouching(const QRect& area) const;

  /// A writable row; call noteChange() for the pixels that changed.
  uchar* row(int y) { return image_.scanLine(y); }
  const uchar* row(int y) const { return image_.constScanLine(y); }
  void noteChange(const QRect& area);
  /// The same for a tile whose pixels only rose, and whose raised ones have `area` as their smallest rectangle.
  void noteMore(int tile, const QRect& area) { painted_[tile] |= area; }

  /// The smallest rectangle around all pixels above 0; empty for an empty mask.
  QRect bounds() const;

 private:
  QRect paintedIn(const QRect& area) const;

  QImage image_;
  int tileColumns_ = 0;
  std::vector<QRect> painted_;  // per tile: around its pixels above 0
};

}  // namespace lorikeet
