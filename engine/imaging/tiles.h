#pragma once
#include <vector>

#include "core/tensor.h"
#include "lorikeet/mask.h"

namespace lorikeet {

/// Rectangles of one size (or of the whole side where that is smaller) that cover width x height, spread evenly, with
/// neighbours overlapping by at least `overlap`; row by row. Throws Error(InvalidArgument) for sizes below 1 or an
/// overlap that is negative or not below the tile size.
std::vector<Rect> planTiles(int width, int height, int tileWidth, int tileHeight, int overlap);

/// Puts tiles together into one feature map [1, H, W, C] (or picture), each fading linearly over `overlap` towards its
/// inner sides, so that no seam shows; the weights of a point add up to 1. The result depends on the order of add()
/// only in the last bit, and planTiles gives one order.
class TileBlender {
 public:
  TileBlender(int width, int height, int channels, int overlap);
  /// tile: [1, place.height, place.width, C].
  void add(const Tensor& tile, const Rect& place);
  /// The blended map. Every point must have been covered.
  Tensor finish() &&;

 private:
  int width_;
  int height_;
  int channels_;
  int overlap_;
  Tensor sum_;
  Tensor weight_;
};

/// The part of a feature map [1, H, W, C] under a tile.
Tensor cropTile(const Tensor& map, const Rect& place);

/// The place of a tile when every side becomes `factor` times as long (VAE: 8, upscaler: 4).
inline Rect scaled(const Rect& r, int factor) {
  return {r.x * factor, r.y * factor, r.width * factor, r.height * factor};
}

}  // namespace lorikeet
