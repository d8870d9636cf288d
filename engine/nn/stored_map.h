#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include "nn/conv2d.h"
#include "ops/normalization.h"

namespace lorikeet {

/// A feature map of one image that is looked at in strips of rows, because the whole of it would take too much memory
/// as f32.
class MapRows {
 public:
  virtual ~MapRows() = default;
  MapRows(const MapRows&) = delete;
  MapRows& operator=(const MapRows&) = delete;

  int64_t height() const { return height_; }
  int64_t width() const { return width_; }
  int64_t channels() const { return channels_; }
  /// Rows [first, first + count) inside the map: [1, count, W, C].
  virtual Tensor rows(const ExecutionContext& context, int64_t first, int64_t count) const = 0;
  /// The sums that its group normalisation needs.
  virtual const ChannelMoments& moments(const ExecutionContext& context) const = 0;

  /// Rows that may lie outside: zeros there, or the opposite rows where the context wraps vertically.
  Tensor rowsAround(const ExecutionContext& context, int64_t first, int64_t count) const;
  /// How many rows to work on at a time: a multiple of 4 less the two rows that a convolution looks beyond them.
  int64_t stripRows() const;

 protected:
  MapRows(int64_t height, int64_t width, int64_t channels) : height_(height), width_(width), channels_(channels) {}

 private:
  int64_t height_, width_, channels_;
};

/// A map kept as f16, a quarter-percent of rounding at most; each strip has a scale of its own, so that nothing
/// overflows. Rows are written once each, in any order of whole strips, or again in place.
class StoredMap : public MapRows {
 public:
  StoredMap(int64_t height, int64_t width, int64_t channels);
  /// rows: [1, count, W, C]; adds to the moments. `first` is a multiple of stripRows() and count at most that.
  void write(const ExecutionContext& context, int64_t first, const Tensor& rows);
  /// Forgets the moments, before the map is written again.
  void restartMoments() { moments_ = ChannelMoments(channels()); }
  Tensor rows(const ExecutionContext& context, int64_t first, int64_t count) const override;
  const ChannelMoments& moments(const ExecutionContext&) const override { return moments_; }

 private:
  struct Strip {
    std::shared_ptr<std::byte> bytes;  ///< goes back to the system with the map, which malloc's would not
    float scale = 1;
    uint16_t* values() const { return reinterpret_cast<uint16_t*>(bytes.get()); }
  };
  std::vector<Strip> strips_;
  ChannelMoments moments_;
};

/// The result of a 3x3 convolution of another map, computed anew at every look.
class ConvolvedRows : public MapRows {
 public:
  enum class Size { Same, Doubled, Halved };  ///< Halved: with padding on the right and bottom only
  ConvolvedRows(std::unique_ptr<const MapRows> source, const Conv2d& convolution, int64_t channels, Size size);
  Tensor rows(const ExecutionContext& context, int64_t first, int64_t count) const override;
  const ChannelMoments& moments(const ExecutionContext& context) const override;

 private:
  std::unique_ptr<const MapRows> source_;
  const Conv2d& convolution_;
  Size size_;
  mutable std::unique_ptr<ChannelMoments> moments_;
};

/// A whole map that is in memory, such as a picture.
class WholeMap : public MapRows {
 public:
  explicit WholeMap(Tensor map);
  Tensor rows(const ExecutionContext& context, int64_t first, int64_t count) const override;
  const ChannelMoments& moments(const ExecutionContext& context) const override;

 private:
  Tensor map_;
  mutable std::unique_ptr<ChannelMoments> moments_;
};

/// Calls body(first, count) for every strip of a map.
template <class Body>
void forStrips(const MapRows& map, Body body) {
  for (int64_t first = 0; first < map.height(); first += map.stripRows())
    body(first, std::min(map.stripRows(), map.height() - first));
}

/// The map as it is, kept.
std::unique_ptr<StoredMap> store(const ExecutionContext& context, const MapRows& map);

}  // namespace lorikeet
