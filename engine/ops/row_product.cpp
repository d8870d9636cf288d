#include "ops/row_product.h"

#include <algorithm>

#include "ops/scratch.h"

namespace lorikeet {
namespace {

/// Rows per task: a multiple of every tile height (14, 6, 4), small enough that a block's accumulators stay in L1/L2.
constexpr int64_t kBlockRows = 168;
/// With terms, or turned, a panel costs more to make ready, so more rows share it; accumulators move to L2.
constexpr int64_t kBlockRowsOfCostly = 2352;
/// Depth that is worked off at a time: 128 KB of widened panel, which stays in L2 while the rows of a block pass by.
constexpr int64_t kBlockDepth = 1024;
/// Multiply-adds per task at most: a few milliseconds, so that a stop is answered quickly.
constexpr int64_t kTaskWork = int64_t{1} << 28;

struct Block {
  int64_t firstRow;
  int64_t rowCount;
};

/// Where a panel is costly: few blocks of about equal size that still leave every thread some tasks.
int64_t rowsPerBlock(const ExecutionContext& context, const PackedWeights& weights, int64_t rows, int64_t panels) {
  if (!weights.isCostly()) return kBlockRows;
  const int64_t needed = (rows + kBlockRowsOfCostly - 1) / kBlockRowsOfCostly;
  const int64_t blocks = std::max({int64_t{1}, needed, 4 * context.threadCount() / std::max<int64_t>(panels, 1)});
  const int64_t perBlock = (rows + blocks - 1) / blocks;
  return std::max(kBlockRows, (perBlock + kBlockRows - 1) / kBlockRows * kBlockRows);
}

int columnsOf(const PackedWeights& weights, int64_t panel) {
  return static_cast<int>(std::min<int64_t>(kPanelWidth, weights.outputs() - panel * kPanelWidth));
}

/// tile[rowCount][32] = rows of the block times one panel.
void multiplyPanel(const RowSource& source, const PackedWeights& weights, int64_t panel, const Block& block,
                   float* tile) {
  const Kernels& k = kernels();
  const int width = (columnsOf(weights, panel) + 7) / 8 * 8;
  float* scratch = threadScratch(ScratchSlot::Panel, kBlockDepth * kPanelWidth);
  const float* rows[kMaxTileRows];
  int64_t depth = 0;
  for (int segment = 0; segment < source.segmentCount(); ++segment) {
    const int64_t segmentDepth = source.segmentDepth(segment);
    for (int64_t begin = 0; begin < segmentDepth; begin += kBlockDepth) {
      const int64_t count = std::min(kBlockDepth, segmentDepth - begin);
      const float* values = weights.panel(panel, depth + begin, count, scratch);
      for (int64_t r = 0; r < block.rowCount; r += k.tileRows) {
        const int rowCount = static_cast<int>(std::min<int64_t>(k.tileRows, block.rowCount - r));
        source.resolve(segment, block.firstRow + r, rowCount, rows);
        for (int i = 0; i < rowCount; ++i) rows[i] += begin;
        k.tile(rows, rowCount, values, kPanelWidth, width, count, tile + r * kPanelWidth, kPanelWidth,
               depth + begin > 0);
      }
    }
    depth += segmentDepth;
  }
}

void storePanel(const ProductEpilogue& epilogue, const PackedWeights& weights, int64_t panel, const Block& block,
                const float* tile, float* out) {
  const int64_t outputs = weights.outputs();
  const int64_t column = panel * kPanelWidth;
  const int columns = columnsOf(weights, panel);
  const int64_t rowsPerImage = epilogue.imageBias != nullptr ? epilogue.rowsPerImage : block.firstRow + block.rowCount;
  float biasSum[kPanelWidth];
  for (int64_t r = 0; r < block.rowCount;) {
    const int64_t row = block.firstRow + r;
    const int64_t image = row / rowsPerImage;
    const int64_t count = std::min(block.rowCount - r, (image + 1) * rowsPerImage - row);
    TileEpilogue finish;
    finish.bias = combinedBias(epilogue, image, outputs, column, columns, biasSum);
    finish.activation = epilogue.activation;
    if (epilogue.residual != nullptr) finish.residual = epilogue.residual + row * outputs + column;
    kernels().finishTile(tile + r * kPanelWidth, static_cast<int>(count), columns, finish, out + row * outputs + column,
                         outputs);
    r += count;
  }
}

void gegluPanel(const RowSource& source, const ProductEpilogue& epilogue, const PackedWeights& weights, int64_t panel,
                const Block& block, float* out) {
  float* tile = threadScratch(ScratchSlot::Tile, 2 * block.rowCount * kPanelWidth);
  float* gate = tile + block.rowCount * kPanelWidth;
  const int64_t outputs = weights.outputs() / 2;
  const int64_t column = panel * kPanelWidth;
  multiplyPanel(source, weights, panel, block, tile);
  multiplyPanel(source, weights, panel + outputs / kPanelWidth, block, gate);
  const float* bias = epilogue.bias;
  kernels().finishGegluTile(
      tile, gate, static_cast<int>(block.rowCount), kPanelWidth, bias == nullptr ? nullptr : bias + column,
      bias == nullptr ? nullptr : bias + outputs + column, out + block.firstRow * outputs + column, outputs);
}

}  // namespace

const float* combinedBias(const ProductEpilogue& epilogue, int64_t image, int64_t outputs, int64_t begin, int count,
                          float* sum) {
  const float* bias = epilogue.bias == nullptr ? nullptr : epilogue.bias + begin;
  if (epilogue.imageBias == nullptr) return bias;
  const float* imageBias = epilogue.imageBias + image * outputs + begin;
  if (bias == nullptr) return imageBias;
  for (int i = 0; i < count; ++i) sum[i] = bias[i] + imageBias[i];
  return sum;
}

void rowProduct(const ExecutionContext& context, const RowSource& source, const PackedWeights& weights,
                const ProductEpilogue& epilogue, float* out) {
  const int64_t rows = source.rowCount();
  const int64_t panels = epilogue.geglu ? weights.panelCount() / 2 : weights.panelCount();
  const int64_t perBlock = rowsPerBlock(context, weights, rows, panels);
  const int64_t blocks = (rows + perBlock - 1) / perBlock;
  CHECK(!epilogue.geglu || weights.outputs() % (2 * kPanelWidth) == 0);
  const int64_t panelWork = std::min(rows, perBlock) * weights.depth() * kPanelWidth * (epilogue.geglu ? 2 : 1);
  const int64_t wanted = std::max<int64_t>(1, blocks * panels / (8 * context.threadCount()));
  const int64_t group = std::clamp<int64_t>(kTaskWork / std::max<int64_t>(panelWork, 1), 1, wanted);
  const int64_t groups = (panels + group - 1) / group;
  context.parallelFor(blocks * groups, [&](int64_t index, int) {
    const int64_t firstRow = index % blocks * perBlock;
    const Block block{firstRow, std::min(perBlock, rows - firstRow)};
    const int64_t firstPanel = index / blocks * group;
    for (int64_t panel = firstPanel; panel < std::min(panels, firstPanel + group); ++panel) {
      if (epilogue.geglu) {
        gegluPanel(source, epilogue, weights, panel, block, out);
        continue;
      }
      float* tile = threadScratch(ScratchSlot::Tile, 2 * perBlock * kPanelWidth);
      multiplyPanel(source, weights, panel, block, tile);
      storePanel(epilogue, weights, panel, block, tile, out);
    }
  });
}

}  // namespace lorikeet
