#include <algorithm>
#include <vector>

#include "ops/convolution.h"
#include "ops/scratch.h"

// Winograd convolution in two alternating parallel loops over groups of tiles: first the 6x6 patches of a group are
// transformed into 36 planes [tile][channel], then every panel of 32 output channels multiplies the 36 planes by its
// transformed weights and turns the products back into pixels. A group is as large as the last-level cache holds, so
// the weights, which are transformed on the fly, are transformed few times and never stored.
namespace lorikeet {
namespace {

constexpr int kPlanes = 36;
constexpr int kOutTile = 4;
constexpr int kPatch = 6;
/// Floats of transformed input per group: 12 MB, about a third of a common L3 cache.
constexpr int64_t kGroupFloats = int64_t{3} << 20;
/// Tiles that one panel multiplies at a time: products of 36 planes x 56 x 32 stay in the L2 cache.
constexpr int64_t kTileBlock = 56;

struct TileGrid {
  int64_t rows, columns, perImage, total;
  TileGrid(int64_t images, int64_t height, int64_t width)
      : rows((height + kOutTile - 1) / kOutTile),
        columns((width + kOutTile - 1) / kOutTile),
        perImage(rows * columns),
        total(images * perImage) {}
};

/// One convolution in progress.
struct Job {
  const ExecutionContext& context;
  const FeatureMap& x;
  const PackedWeights& weights;
  const ProductEpilogue& epilogue;
  int zoom;
  int64_t outHeight, outWidth;
  TileGrid grid;
  Tensor& y;
  const std::vector<float>& zeros;

  void transformTile(int64_t tile, int64_t slot, int64_t groupTiles, float* planes) const {
    const int64_t image = tile / grid.perImage;
    const int64_t top = tile % grid.perImage / grid.columns * kOutTile - 1;
    const int64_t left = tile % grid.columns * kOutTile - 1;
    int64_t channel = 0;
    for (int p = 0; p < x.partCount(); ++p) {
      const FeatureMap::Part& part = x.part(p);
      const float* patch[kPlanes];
      for (int i = 0; i < kPlanes; ++i) {
        const int64_t py = top + i / kPatch, px = left + i % kPatch;
        const bool inside = py >= 0 && px >= 0 && py < outHeight && px < outWidth;
        patch[i] = inside ? part.data + ((image * x.height() + py / zoom) * x.width() + px / zoom) * part.channels
                          : zeros.data();
      }
      kernels().winogradInput(patch, part.channels, planes + slot * x.channels() + channel, groupTiles * x.channels());
      channel += part.channels;
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

  /// Transformed weights of a panel, [36][channels][32].
  const float* panelWeights(int64_t panel) const {
    const int64_t channels = x.channels();
    float* taps = threadScratch(ScratchSlot::Panel, weights.depth() * kPanelWidth);
    const float* values = weights.panel(panel, 0, weights.depth(), taps);
    float* transformed = threadScratch(ScratchSlot::Accumulator, kPlanes * channels * kPanelWidth);
    kernels().winogradWeights(values, channels * kPanelWidth, channels, transformed);
    return transformed;
  }

  /// products[36][count][32] for `count` tiles from `slot` on.
  void multiply(const float* planes, int64_t groupTiles, int64_t slot, int64_t count, const float* transformed,
                float* products) const {
    const Kernels& k = kernels();
    const int64_t channels = x.channels();
    const float* rows[kMaxTileRows];
    for (int plane = 0; plane < kPlanes; ++plane) {
      const float* from = planes + (plane * groupTiles + slot) * channels;
      for (int64_t r = 0; r < count; r += k.tileRows) {
        const int rowCount = static_cast<int>(std::min<int64_t>(k.tileRows, count - r));
        for (int i = 0; i < rowCount; ++i) rows[i] = from + (r + i) * channels;
        k.tile(rows, rowCount, transformed + plane * channels * kPanelWidth, kPanelWidth, kPanelWidth, channels,
               products + (plane * kTileBlock + r) * kPanelWidth, kPanelWidth, false);
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

  void multiplyGroup(int64_t firstTile, int64_t groupTiles, const float* planes) const {
    context.parallelFor(weights.panelCount(), [&](int64_t panel, int) {
      const float* transformed = panelWeights(panel);
      float* products = threadScratch(ScratchSlot::Tile, kPlanes * kTileBlock * kPanelWidth);
      for (int64_t slot = 0; slot < groupTiles; slot += kTileBlock) {
        const int64_t count = std::min(kTileBlock, groupTiles - slot);
        context.throwIfStopped();
        multiply(planes, groupTiles, slot, count, transformed, products);
        for (int64_t i = 0; i < count; ++i) storeTile(firstTile + slot + i, panel, products + i * kPanelWidth);
      }
    });
  }
};

}  // namespace

Tensor winogradConvolution(const ExecutionContext& context, const FeatureMap& x, const PackedWeights& weights,
                           const ConvolutionGeometry& geometry, const ProductEpilogue& epilogue) {
  const int zoom = geometry.enlargedHeight > 0 ? 2 : 1;
  const int64_t outHeight = zoom == 2 ? geometry.enlargedHeight : x.height();
  const int64_t outWidth = zoom == 2 ? geometry.enlargedWidth : x.width();
  Tensor y({x.images(), outHeight, outWidth, weights.outputs()});
  const std::vector<float> zeros(static_cast<size_t>(x.channels()), 0.f);
  const TileGrid grid(x.images(), outHeight, outWidth);
  const Job job{context, x, weights, epilogue, zoom, outHeight, outWidth, grid, y, zeros};

  const int64_t most = std::max(kTileBlock, kGroupFloats / (kPlanes * x.channels()) / kTileBlock * kTileBlock);
  const int64_t groups = (grid.total + most - 1) / most;
  const int64_t perGroup = (grid.total + groups - 1) / groups;
  Tensor planes({kPlanes * perGroup * x.channels()});
  for (int64_t first = 0; first < grid.total; first += perGroup) {
    const int64_t count = std::min(perGroup, grid.total - first);
    job.transformGroup(first, count, planes.data());
    job.multiplyGroup(first, count, planes.data());
  }
  return y;
}

}  // namespace lorikeet
