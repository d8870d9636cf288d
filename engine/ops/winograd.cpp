#include <algorithm>
#include <vector>

#include "ops/convolution.h"
#include "ops/scratch.h"
#include "ops/winograd_integer.h"

// Two ways through a Winograd convolution. Where the transformed weights of all panels fit into the cache (the
// autoencoder's large maps with few channels), they are made once, and then every block of tiles goes all the way from
// pixels to pixels on one thread, its intermediate planes never leaving the L2 cache. Where they do not fit, two
// parallel loops alternate over groups of tiles: first the 6x6 patches of a group become 36 planes [tile][channel],
// then every panel of 32 output channels multiplies the planes by its weights, which are transformed on the fly and
// never stored. A group is as large as the last-level cache holds, so that is done few times.
// With integer arithmetic planes and weights are integers of 16 bits (winograd_integer.h) on both ways; the transforms
// stay f32, and with bf16, which would lose too much here, all does.
namespace lorikeet {
namespace {

using winograd::IntegerTiles;
using winograd::IntegerWeights;
using winograd::kPlanes;
constexpr int kOutTile = 4;
constexpr int kPatch = 6;
/// Floats of transformed input per group: 12 MB, about a third of a common L3 cache.
constexpr int64_t kGroupFloats = int64_t{3} << 20;
/// Tiles that one panel multiplies at a time, at most: products of 36 planes x 60 x 32 stay in the L2 cache.
constexpr int64_t kTileBlock = 60;

/// Floats of transformed weights up to which they are kept for the whole convolution: 10 MB.
constexpr int64_t kResidentFloats = int64_t{5} << 19;
/// Tiles that go from pixels to pixels together, at most.
constexpr int64_t kResidentBlock = 28;

/// Channels whose weights are transformed together where they are used once.
constexpr int64_t kChannelsOnce = 256;

constexpr int64_t kTaps = 9;

struct ChannelRange {
  int64_t begin, count;
};
struct TileRange {
  int64_t begin, count;
};

struct TileGrid {
  int64_t rows, columns, perImage, total;
  TileGrid(int64_t images, int64_t height, int64_t width)
      : rows((height + kOutTile - 1) / kOutTile),
        columns((width + kOutTile - 1) / kOutTile),
        perImage(rows * columns),
        total(images * perImage) {}
};

/// The most tiles up to `most` whose rows fill the product kernel's: what is left over costs as much as a full one.
int64_t fullRows(int64_t most) { return most / kernels().tileRows * kernels().tileRows; }

int64_t panelFloatsOf(int64_t channels) { return kPlanes * channels * kPanelWidth; }

bool isResident(int64_t tiles, int64_t channels, int64_t panels) {
  return panelFloatsOf(channels) * panels <= kResidentFloats && tiles >= 8 * kResidentBlock;
}

/// Transformed maps have a wider range than 8 bits hold well, so all integers are of 16 here.
bool isOfIntegers(Arithmetic arithmetic) { return arithmetic == Arithmetic::Int16 || arithmetic == Arithmetic::Int8; }

/// Groups of about equal size.
int64_t tilesOfGroup(int64_t tiles, int64_t channels, Arithmetic arithmetic) {
  const int64_t block = fullRows(kTileBlock);
  const int64_t fitting = kGroupFloats / (kPlanes * channels) * (isOfIntegers(arithmetic) ? 2 : 1);
  const int64_t most = std::max(block, fitting / block * block);
  const int64_t groups = (tiles + most - 1) / most;
  return (tiles + groups - 1) / groups;
}

/// One convolution in progress.
struct Job {
  const ExecutionContext& context;
  const FeatureMap& x;
  const PackedWeights& weights;
  const ProductEpilogue& epilogue;
  int zoom;
  bool wrapX, wrapY;
  int64_t outHeight, outWidth;
  TileGrid grid;
  Tensor& y;
  const std::vector<float>& zeros;
  bool isOfIntegers;

  /// Where the pixels of a tile's patch lie in a part, zeros outside of the picture.
  void locatePatch(int64_t tile, const FeatureMap::Part& part, const float** patch) const {
    const int64_t image = tile / grid.perImage;
    const int64_t top = tile % grid.perImage / grid.columns * kOutTile - 1;
    const int64_t left = tile % grid.columns * kOutTile - 1;
    for (int i = 0; i < kPlanes; ++i) {
      int64_t py = top + i / kPatch, px = left + i % kPatch;
      if (wrapY) py = (py + outHeight) % outHeight;
      if (wrapX) px = (px + outWidth) % outWidth;
      const bool inside = py >= 0 && px >= 0 && py < outHeight && px < outWidth;
      patch[i] = inside ? part.data + ((image * x.height() + py / zoom) * x.width() + px / zoom) * part.channels
                        : zeros.data();
    }
  }

  void transformTile(int64_t tile, int64_t slot, int64_t groupTiles, float* planes) const {
    if (isOfIntegers) return transformToIntegers(tile, slot, {groupTiles, x.channels(), planes});
    int64_t channel = 0;
    for (int p = 0; p < x.partCount(); ++p) {
      const FeatureMap::Part& part = x.part(p);
      const float* patch[kPlanes];
      locatePatch(tile, part, patch);
      kernels().winogradInput(patch, part.channels, planes + slot * x.channels() + channel, groupTiles * x.channels());
      channel += part.channels;
    }
  }

  /// A block of channels at a time, which may reach over both parts.
  void transformToIntegers(int64_t tile, int64_t slot, const IntegerTiles& tiles) const {
    const float* patches[2][kPlanes];
    for (int p = 0; p < x.partCount(); ++p) locatePatch(tile, x.part(p), patches[p]);
    float block[kPlanes * kIntegerBlock];
    for (int64_t begin = 0; begin < x.channels(); begin += kIntegerBlock) {
      const int64_t end = std::min(x.channels(), begin + kIntegerBlock);
      int64_t partBegin = 0;
      for (int p = 0; p < x.partCount(); ++p) {
        const int64_t from = std::max(begin, partBegin), to = std::min(end, partBegin + x.part(p).channels);
        const float* patch[kPlanes];
        for (int i = 0; i < kPlanes && from < to; ++i)
          patch[i] = patches[p][i] == zeros.data() ? zeros.data() : patches[p][i] + (from - partBegin);
        if (from < to) kernels().winogradInput(patch, to - from, block + (from - begin), kIntegerBlock);
        partBegin += x.part(p).channels;
      }
      tiles.store(slot, begin, end - begin, block);
    }
  }

  void transformGroup(int64_t firstTile, int64_t groupTiles, float* planes) const {
    constexpr int64_t kTilesPerTask = 4;
    context.parallelFor((groupTiles + kTilesPerTask - 1) / kTilesPerTask, [&](int64_t task, int) {
      const int64_t end = std::min(groupTiles, (task + 1) * kTilesPerTask);
      for (int64_t slot = task * kTilesPerTask; slot < end; ++slot)
        transformTile(firstTile + slot, slot, groupTiles, planes);
    });
  }

  int64_t panelFloats(int64_t channels) const {
    return isOfIntegers ? IntegerWeights::floatsFor(channels) : panelFloatsOf(channels);
  }
  int64_t planeFloats(int64_t tiles) const {
    return isOfIntegers ? IntegerTiles::floatsFor(tiles, x.channels()) : kPlanes * tiles * x.channels();
  }
  ChannelRange allChannels() const { return {0, x.channels()}; }

  /// Transformed weights of some channels of a panel, as floats [36][channels][32] or as integers.
  void transformWeights(int64_t panel, const ChannelRange& channels, float* to) const {
    if (!isOfIntegers) {
      const Taps taps = tapsOf(panel, channels);
      kernels().winogradWeights(taps.first, taps.stride, channels.count, to);
      return;
    }
    float* work = threadScratch(ScratchSlot::Block, kWinogradWork);
    const IntegerWeights integers{channels.count, to};
    for (int64_t begin = 0; begin < channels.count; begin += kIntegerBlock) {
      const ChannelRange part{channels.begin + begin, std::min(kIntegerBlock, channels.count - begin)};
      const Taps taps = tapsOf(panel, part);
      kernels().winogradWeightsInt16(taps.first, taps.stride, part.count, work, integers.block(begin));
    }
  }

  struct Taps {
    const float* first;
    int64_t stride;
  };
  /// Some channels of the nine taps of a panel, [channels][32] each: all widened into the scratch, or all where they
  /// are stored.
  Taps tapsOf(int64_t panel, const ChannelRange& channels) const {
    float* taps = threadScratch(ScratchSlot::Panel, kTaps * channels.count * kPanelWidth);
    const float* first = nullptr;
    for (int64_t tap = 0; tap < kTaps; ++tap) {
      float* scratch = taps + tap * channels.count * kPanelWidth;
      const float* values = weights.panel(panel, tap * x.channels() + channels.begin, channels.count, scratch);
      if (tap == 0) first = values;
    }
    return {first, (first == taps ? channels.count : x.channels()) * kPanelWidth};
  }

  void multiplyIntegers(const IntegerTiles& from, const TileRange& tiles, const ChannelRange& channels,
                        const IntegerWeights& transformed, float* products) const {
    const Kernels& k = kernels();
    ReducedTileRows rows;
    for (int plane = 0; plane < kPlanes; ++plane) {
      for (int64_t r = 0; r < tiles.count; r += k.tileRows) {
        rows.count = static_cast<int>(std::min<int64_t>(k.tileRows, tiles.count - r));
        for (int i = 0; i < rows.count; ++i) {
          rows.values[i] = from.values(plane, tiles.begin + r + i, channels.begin);
          rows.scales[i] = from.scales(plane, tiles.begin + r + i) + channels.begin / kIntegerBlock;
        }
        k.int16.tile(rows, transformed.panel(plane), kPanelWidth, products + (plane * kTileBlock + r) * kPanelWidth,
                     kPanelWidth, channels.begin > 0);
      }
    }
  }

  /// products[36][count][32] for `count` tiles from `slot` on, of some channels; added to those of the channels before.
  void multiply(float* planes, int64_t groupTiles, const TileRange& tiles, const ChannelRange& channels,
                float* transformed, float* products) const {
    if (isOfIntegers)
      return multiplyIntegers({groupTiles, x.channels(), planes}, tiles, channels, {channels.count, transformed},
                              products);
    const Kernels& k = kernels();
    const float* rows[kMaxTileRows];
    for (int plane = 0; plane < kPlanes; ++plane) {
      const float* from = planes + (plane * groupTiles + tiles.begin) * x.channels() + channels.begin;
      for (int64_t r = 0; r < tiles.count; r += k.tileRows) {
        const int rowCount = static_cast<int>(std::min<int64_t>(k.tileRows, tiles.count - r));
        for (int i = 0; i < rowCount; ++i) rows[i] = from + (r + i) * x.channels();
        k.tile(rows, rowCount, transformed + plane * channels.count * kPanelWidth, kPanelWidth, kPanelWidth,
               channels.count, products + (plane * kTileBlock + r) * kPanelWidth, kPanelWidth, channels.begin > 0);
      }
    }
  }

  void storeTile(int64_t tile, int64_t panel, const float* products) const {
    float pixels[kOutTile * kOutTile * kPanelWidth];
    kernels().winogradOutput(products, kTileBlock * kPanelWidth, pixels);
    const int64_t outputs = weights.outputs();
    const int64_t column = panel * kPanelWidth;
    const int columns = static_cast<int>(std::min<int64_t>(kPanelWidth, outputs - column));
    const int64_t image = tile / grid.perImage;
    const int64_t top = tile % grid.perImage / grid.columns * kOutTile;
    const int64_t left = tile % grid.columns * kOutTile;
    const int width = static_cast<int>(std::min<int64_t>(kOutTile, outWidth - left));
    float biasSum[kPanelWidth];
    TileEpilogue finish;
    finish.bias = combinedBias(epilogue, image, outputs, column, columns, biasSum);
    finish.activation = epilogue.activation;
    for (int64_t row = top; row < std::min(outHeight, top + kOutTile); ++row) {
      const int64_t offset = ((image * outHeight + row) * outWidth + left) * outputs + column;
      if (epilogue.residual != nullptr) finish.residual = epilogue.residual + offset;
      kernels().finishTile(pixels + (row - top) * kOutTile * kPanelWidth, width, columns, finish, y.data() + offset,
                           outputs);
    }
  }

  void multiplyGroup(int64_t firstTile, int64_t groupTiles, float* planes) const {
    const int64_t block = fullRows(kTileBlock);
    context.parallelFor(weights.panelCount(), [&](int64_t panel, int) {
      float* products = threadScratch(ScratchSlot::Tile, kPlanes * kTileBlock * kPanelWidth);
      if (groupTiles <= block) return multiplyOnce(firstTile, groupTiles, planes, panel, products);
      float* transformed = threadScratch(ScratchSlot::Accumulator, panelFloats(x.channels()));
      transformWeights(panel, allChannels(), transformed);
      for (int64_t slot = 0; slot < groupTiles; slot += block) {
        const TileRange tiles{slot, std::min(block, groupTiles - slot)};
        context.throwIfStopped();
        multiply(planes, groupTiles, tiles, allChannels(), transformed, products);
        storeTiles(firstTile + slot, tiles.count, panel, products);
      }
    });
  }

  /// The weights of few tiles are used once: some channels at a time, so that what is transformed stays in the L2
  /// cache.
  void multiplyOnce(int64_t firstTile, int64_t groupTiles, float* planes, int64_t panel, float* products) const {
    float* transformed = threadScratch(ScratchSlot::Accumulator, panelFloats(kChannelsOnce));
    for (int64_t channel = 0; channel < x.channels(); channel += kChannelsOnce) {
      const ChannelRange channels{channel, std::min(kChannelsOnce, x.channels() - channel)};
      context.throwIfStopped();
      transformWeights(panel, channels, transformed);
      multiply(planes, groupTiles, {0, groupTiles}, channels, transformed, products);
    }
    storeTiles(firstTile, groupTiles, panel, products);
  }

  void storeTiles(int64_t firstTile, int64_t count, int64_t panel, const float* products) const {
    for (int64_t i = 0; i < count; ++i) storeTile(firstTile + i, panel, products + i * kPanelWidth);
  }

  /// One block of tiles from input pixels to output pixels; transformed: the weights of all panels.
  void convolveBlock(int64_t firstTile, int64_t count, float* transformed) const {
    float* planes = threadScratch(ScratchSlot::Patch, planeFloats(kResidentBlock));
    float* products = threadScratch(ScratchSlot::Tile, kPlanes * kTileBlock * kPanelWidth);
    for (int64_t i = 0; i < count; ++i) transformTile(firstTile + i, i, kResidentBlock, planes);
    for (int64_t panel = 0; panel < weights.panelCount(); ++panel) {
      multiply(planes, kResidentBlock, {0, count}, allChannels(), transformed + panel * panelFloats(x.channels()),
               products);
      storeTiles(firstTile, count, panel, products);
    }
  }

  void convolveResident() const {
    Tensor transformed({weights.panelCount() * panelFloats(x.channels())});
    context.parallelFor(weights.panelCount(), [&](int64_t panel, int) {
      transformWeights(panel, allChannels(), transformed.data() + panel * panelFloats(x.channels()));
    });
    const int64_t perBlock = fullRows(kResidentBlock);
    context.parallelFor((grid.total + perBlock - 1) / perBlock, [&](int64_t block, int) {
      const int64_t first = block * perBlock;
      convolveBlock(first, std::min(perBlock, grid.total - first), transformed.data());
    });
  }

  void convolveInGroups() const {
    const int64_t perGroup = tilesOfGroup(grid.total, x.channels(), context.arithmetic());
    Tensor planes({planeFloats(perGroup)});
    for (int64_t first = 0; first < grid.total; first += perGroup) {
      const int64_t count = std::min(perGroup, grid.total - first);
      transformGroup(first, count, planes.data());
      multiplyGroup(first, count, planes.data());
    }
  }
};

}  // namespace

int64_t winogradFloats(int64_t pixels, int64_t channels, int64_t outputs) {
  const int64_t tiles = (pixels + kOutTile * kOutTile - 1) / (kOutTile * kOutTile);
  const int64_t panels = (outputs + kPanelWidth - 1) / kPanelWidth;
  return isResident(tiles, channels, panels) ? panels * panelFloatsOf(channels)
                                             : kPlanes * tilesOfGroup(tiles, channels, Arithmetic::F32) * channels;
}

Tensor winogradConvolution(const ExecutionContext& context, const FeatureMap& x, const PackedWeights& weights,
                           const ConvolutionGeometry& geometry, const ProductEpilogue& epilogue) {
  const int zoom = geometry.enlargedHeight > 0 ? 2 : 1;
  const int64_t outHeight = zoom == 2 ? geometry.enlargedHeight : x.height();
  const int64_t outWidth = zoom == 2 ? geometry.enlargedWidth : x.width();
  Tensor y({x.images(), outHeight, outWidth, weights.outputs()});
  const std::vector<float> zeros(static_cast<size_t>(x.channels()), 0.f);
  const TileGrid grid(x.images(), outHeight, outWidth);
  const Job job{context,
                x,
                weights,
                epilogue,
                zoom,
                geometry.wrapX,
                geometry.wrapY,
                outHeight,
                outWidth,
                grid,
                y,
                zeros,
                isOfIntegers(context.arithmetic()) && x.channels() % 2 == 0};
  if (isResident(grid.total, x.channels(), weights.panelCount()))
    job.convolveResident();
  else
    job.convolveInGroups();
  return y;
}

}  // namespace lorikeet
