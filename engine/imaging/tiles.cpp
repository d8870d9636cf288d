#include "imaging/tiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lorikeet/error.h"

namespace lorikeet {
namespace {

struct Span {
  int start;
  int length;
};

std::vector<Span> planSide(int side, int tile, int overlap) {
  if (side <= tile) return {{0, side}};
  const int step = tile - overlap;
  const int count = (side - overlap + step - 1) / step;
  std::vector<Span> spans;
  for (int i = 0; i < count; ++i)
    spans.push_back({static_cast<int>(std::llround(static_cast<double>(side - tile) * i / (count - 1))), tile});
  return spans;
}

/// Rising from the start and falling to the end over `overlap` points, except at the map's own borders.
std::vector<float> ramp(int start, int length, int side, int overlap) {
  std::vector<float> weights(static_cast<size_t>(length), 1.0F);
  for (int i = 0; i < length; ++i) {
    const auto rise = [overlap](int distance) {
      return std::min(1.0F, (static_cast<float>(distance) + 0.5F) / static_cast<float>(overlap));
    };
    if (overlap > 0 && start > 0) weights[i] *= rise(i);
    if (overlap > 0 && start + length < side) weights[i] *= rise(length - 1 - i);
  }
  return weights;
}

}  // namespace

std::vector<Rect> planTiles(int width, int height, int tileWidth, int tileHeight, int overlap) {
  if (width < 1 || height < 1 || tileWidth < 1 || tileHeight < 1 || overlap < 0 ||
      overlap >= std::min(tileWidth, tileHeight))
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("{} x {} cannot be cut into tiles of {} x {} that overlap by {}.", width, height, tileWidth,
                            tileHeight, overlap));
  std::vector<Rect> tiles;
  for (const Span& y : planSide(height, tileHeight, overlap))
    for (const Span& x : planSide(width, tileWidth, overlap)) tiles.push_back({x.start, y.start, x.length, y.length});
  return tiles;
}

TileBlender::TileBlender(int width, int height, int channels, int overlap)
    : width_(width),
      height_(height),
      channels_(channels),
      overlap_(overlap),
      sum_(Tensor::zeros({1, height, width, channels})),
      weight_(Tensor::zeros({1, height, width, 1})) {}

void TileBlender::add(const Tensor& tile, const Rect& place) {
  CHECK(tile.shape() == (Shape{1, place.height, place.width, channels_}));
  CHECK(place.x >= 0 && place.y >= 0 && place.x + place.width <= width_ && place.y + place.height <= height_);
  const std::vector<float> across = ramp(place.x, place.width, width_, overlap_);
  const std::vector<float> down = ramp(place.y, place.height, height_, overlap_);
  const float* in = tile.data();
  for (int y = 0; y < place.height; ++y) {
    const size_t row = static_cast<size_t>(place.y + y) * width_ + place.x;
    float* out = sum_.data() + row * channels_;
    for (int x = 0; x < place.width; ++x) {
      const float weight = across[x] * down[y];
      weight_[row + x] += weight;
      for (int c = 0; c < channels_; ++c) *out++ += *in++ * weight;
    }
  }
}

Tensor TileBlender::finish() && {
  for (size_t i = 0; i < weight_.size(); ++i) {
    CHECK(weight_[i] > 0);
    const float scale = 1.0F / weight_[i];
    for (int c = 0; c < channels_; ++c) sum_[i * channels_ + c] *= scale;
  }
  return std::move(sum_);
}

Tensor cropTile(const Tensor& map, const Rect& place) {
  CHECK(map.shape().rank() == 4 && map.dim(0) == 1);
  CHECK(place.x >= 0 && place.y >= 0 && place.x + place.width <= map.dim(2) && place.y + place.height <= map.dim(1));
  const auto channels = static_cast<size_t>(map.dim(3));
  Tensor tile({1, place.height, place.width, map.dim(3)});
  for (int y = 0; y < place.height; ++y) {
    const size_t from = (static_cast<size_t>(place.y + y) * map.dim(2) + place.x) * channels;
    std::copy_n(map.data() + from, place.width * channels,
                tile.data() + static_cast<size_t>(y) * place.width * channels);
  }
  return tile;
}

}  // namespace lorikeet
