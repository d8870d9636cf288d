#include "ops/row_product.h"

#include <algorithm>
#include <vector>

#include "ops/reduced_rows.h"
#include "ops/scratch.h"

namespace lorikeet {
namespace {

/// Rows per task: a multiple of every tile height (14, 6, 4), small enough that a block's accumulators stay in L1/L2.
constexpr int64_t kBlockRows = 168;
/// Converting a panel costs about as much as multiplying it with a dozen rows.
constexpr int64_t kReducedBlockRows = 336;
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
int64_t rowsPerBlock(const ExecutionContext& context, const PackedWeights& weights, bool isReduced, int64_t rows,
                     int64_t panels) {
  if (!weights.isCostly()) return isReduced ? kReducedBlockRows : kBlockRows;
  const int64_t needed = (rows + kBlockRowsOfCostly - 1) / kBlockRowsOfCostly;
  const int64_t blocks = std::max({int64_t{1}, needed, 4 * context.threadCount() / std::max<int64_t>(panels, 1)});
  const int64_t perBlock = (rows + blocks - 1) / blocks;
  return std::max(kBlockRows, (perBlock + kBlockRows - 1) / kBlockRows * kBlockRows);
}

int columnsOf(const PackedWeights& weights, int64_t panel) {
  return static_cast<int>(std::min<int64_t>(kPanelWidth, weights.outputs() - panel * kPanelWidth));
}

/// Whether fewer bits pay: each panel is converted once for a block of rows, so there must be some, and enough to do.
/// Does not depend on the batch, so that a picture has the same bytes in any.
bool fewerBitsPay(const ExecutionContext& context, const RowSource& source, const PackedWeights& weights) {
  constexpr int64_t kFewestRows = 64;
  constexpr int64_t kMostValues = int64_t{1} << 25;  // of an image: the copy takes memory, 64 MB at most
  if (context.arithmetic() == Arithmetic::F32 || source.rowsPerImage() < kFewestRows) return false;
  if (weights.outputs() < kPanelWidth || weights.depth() < kIntegerBlock / 2) return false;
  const int values = kernels().reduced(context.arithmetic()).valuesPerLane();
  const int64_t images = source.rowCount() / source.rowsPerImage();
  for (int i = 0; i < source.partCount(); ++i) {
    const RowSource::Part part = source.part(i);
    if (part.depth % values != 0 || part.rows / images * part.depth > kMostValues) return false;
  }
  return true;
}

/// One product in progress.
class Product {
 public:
  Product(const ExecutionContext& context, const RowSource& source, const PackedWeights& weights,
          const ProductEpilogue& epilogue, float* out)
      : source_(source), weights_(weights), epilogue_(epilogue), out_(out) {
    int64_t most = 0;
    for (int i = 0; i < source.partCount(); ++i) {
      parts_.push_back(source.part(i));
      most = std::max(most, parts_.back().depth);
    }
    zeros_.assign(static_cast<size_t>(most), 0.f);
    if (!fewerBitsPay(context, source, weights)) return;
    reduced_ = &kernels().reduced(context.arithmetic());
    for (const RowSource::Part& part : parts_)
      reducedParts_.emplace_back(context, *reduced_, part.data, part.rows, part.depth);
  }

  bool isReduced() const { return reduced_ != nullptr; }

  /// One panel (two for GEGLU) of a block's rows, from source to output.
  void compute(int64_t panel, const Block& block) const {
    float* tile = threadScratch(ScratchSlot::Tile, 2 * block.rowCount * kPanelWidth);
    multiply(panel, block, tile);
    if (epilogue_.geglu)
      storeGeglu(panel, block, tile);
    else
      store(panel, block, tile);
  }

 private:
  /// tile[rowCount][32] = rows of the block times one panel.
  void multiply(int64_t panel, const Block& block, float* tile) const {
    float* scratch = threadScratch(ScratchSlot::Panel, kBlockDepth * kPanelWidth);
    int64_t depth = 0;
    for (int segment = 0; segment < source_.segmentCount(); ++segment) {
      const int64_t segmentDepth = parts_[static_cast<size_t>(source_.partOf(segment))].depth;
      for (int64_t begin = 0; begin < segmentDepth; begin += kBlockDepth) {
        const int64_t count = std::min(kBlockDepth, segmentDepth - begin);
        const float* values = weights_.panel(panel, depth + begin, count, scratch);
        const Slice slice{segment, begin, count, depth + begin > 0};
        if (isReduced())
          multiplyReduced(slice, values, block, tile);
        else
          multiplyFloats(slice, columnsOf(weights_, panel), values, block, tile);
      }
      depth += segmentDepth;
    }
  }

  /// Part of a segment; accumulate: it is not the first.
  struct Slice {
    int segment;
    int64_t begin, count;
    bool accumulate;
  };

  void multiplyFloats(const Slice& slice, int columns, const float* panel, const Block& block, float* tile) const {
    const Kernels& k = kernels();
    const RowSource::Part& part = parts_[static_cast<size_t>(source_.partOf(slice.segment))];
    const int width = (columns + 7) / 8 * 8;
    int64_t at[kMaxTileRows];
    const float* rows[kMaxTileRows];
    for (int64_t r = 0; r < block.rowCount; r += k.tileRows) {
      const int rowCount = static_cast<int>(std::min<int64_t>(k.tileRows, block.rowCount - r));
      source_.locate(slice.segment, block.firstRow + r, rowCount, at);
      for (int i = 0; i < rowCount; ++i)
        rows[i] = (at[i] < 0 ? zeros_.data() : part.data + at[i] * part.depth) + slice.begin;
      k.tile(rows, rowCount, panel, kPanelWidth, width, slice.count, tile + r * kPanelWidth, kPanelWidth,
             slice.accumulate);
    }
  }

  void multiplyReduced(const Slice& slice, const float* panel, const Block& block, float* tile) const {
    const int tileRows = kernels().tileRows;
    const ReducedRows& part = reducedParts_[static_cast<size_t>(source_.partOf(slice.segment))];
    const ReducedPanel converted = reducedPanel(*reduced_, panel, slice.count);
    int64_t at[kMaxTileRows];
    ReducedTileRows rows;
    for (int64_t r = 0; r < block.rowCount; r += tileRows) {
      rows.count = static_cast<int>(std::min<int64_t>(tileRows, block.rowCount - r));
      source_.locate(slice.segment, block.firstRow + r, rows.count, at);
      for (int i = 0; i < rows.count; ++i) part.point(rows, i, at[i], slice.begin);
      reduced_->tile(rows, converted, kPanelWidth, tile + r * kPanelWidth, kPanelWidth, slice.accumulate);
    }
  }

  void store(int64_t panel, const Block& block, const float* tile) const {
    const int64_t outputs = weights_.outputs();
    const int64_t column = panel * kPanelWidth;
    const int columns = columnsOf(weights_, panel);
    const int64_t end = block.firstRow + block.rowCount;
    const int64_t rowsPerImage = epilogue_.imageBias != nullptr ? epilogue_.rowsPerImage : end;
    float biasSum[kPanelWidth];
    for (int64_t row = block.firstRow; row < end;) {
      const int64_t image = row / rowsPerImage;
      const int64_t count = std::min(end - row, (image + 1) * rowsPerImage - row);
      TileEpilogue finish;
      finish.bias = combinedBias(epilogue_, image, outputs, column, columns, biasSum);
      finish.activation = epilogue_.activation;
      if (epilogue_.residual != nullptr) finish.residual = epilogue_.residual + row * outputs + column;
      kernels().finishTile(tile + (row - block.firstRow) * kPanelWidth, static_cast<int>(count), columns, finish,
                           out_ + row * outputs + column, outputs);
      row += count;
    }
  }

  void storeGeglu(int64_t panel, const Block& block, float* tile) const {
    float* gate = tile + block.rowCount * kPanelWidth;
    const int64_t outputs = weights_.outputs() / 2;
    const int64_t column = panel * kPanelWidth;
    multiply(panel + outputs / kPanelWidth, block, gate);
    const float* bias = epilogue_.bias;
    kernels().finishGegluTile(
        tile, gate, static_cast<int>(block.rowCount), kPanelWidth, bias == nullptr ? nullptr : bias + column,
        bias == nullptr ? nullptr : bias + outputs + column, out_ + block.firstRow * outputs + column, outputs);
  }

  const RowSource& source_;
  const PackedWeights& weights_;
  const ProductEpilogue& epilogue_;
  float* out_;
  std::vector<RowSource::Part> parts_;
  std::vector<float> zeros_;
  const ReducedKernels* reduced_ = nullptr;  ///< with fewer bits
  std::vector<ReducedRows> reducedParts_;    ///< then
};

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
  const Product product(context, source, weights, epilogue, out);
  const int64_t rows = source.rowCount();
  const int64_t panels = epilogue.geglu ? weights.panelCount() / 2 : weights.panelCount();
  const int64_t perBlock = rowsPerBlock(context, weights, product.isReduced(), rows, panels);
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
    for (int64_t panel = firstPanel; panel < std::min(panels, firstPanel + group); ++panel)
      product.compute(panel, block);
  });
}

}  // namespace lorikeet
