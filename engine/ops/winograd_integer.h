#pragma once
#include <cstdint>

#include "ops/reduced_rows.h"

// The operands of a Winograd convolution as 16-bit integers: 36 planes of rows (tiles of the picture) and of weights,
// each block of kIntegerBlock channels with a scale of its own in every plane, since the planes' magnitudes differ.
namespace lorikeet::winograd {

inline constexpr int kPlanes = 36;

/// Transformed tiles: planes of [tiles][channels] integers, then their scales. A view of memory of somebody else.
struct IntegerTiles {
  int64_t tiles = 0;
  int64_t channels = 0;
  float* memory = nullptr;

  /// Floats of memory that so many tiles take.
  static int64_t floatsFor(int64_t tiles, int64_t channels) {
    return kPlanes * tiles * ((channels + 1) / 2 + integerBlocks(channels));
  }
  std::byte* values(int plane, int64_t tile, int64_t channel) const {
    return reinterpret_cast<std::byte*>(memory) + ((plane * tiles + tile) * channels + channel) * 2;
  }
  float* scales(int plane, int64_t tile) const {
    return memory + kPlanes * tiles * ((channels + 1) / 2) + (plane * tiles + tile) * integerBlocks(channels);
  }
  /// Stores channels [begin, begin + count) of a tile; block: its planes, kIntegerBlock floats apart.
  void store(int64_t tile, int64_t begin, int64_t count, const float* block) const;
};

/// Transformed weights of some channels of one panel: planes of [channels][32] integers as int16.panel lays them out,
/// then their scales. A view.
struct IntegerWeights {
  int64_t channels = 0;
  float* memory = nullptr;

  static int64_t floatsFor(int64_t channels) {
    return kPlanes * (channels / 2 + integerBlocks(channels)) * kPanelWidth;
  }
  ReducedPanel panel(int plane) const {
    return {reinterpret_cast<const std::byte*>(memory) + plane * channels * kPanelWidth * 2,
            memory + kPlanes * channels / 2 * kPanelWidth + plane * integerBlocks(channels) * kPanelWidth, channels};
  }
  /// Where channels from `begin` on go, a multiple of kIntegerBlock.
  WinogradIntegers block(int64_t begin) const;
};

}  // namespace lorikeet::winograd
