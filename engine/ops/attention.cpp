#include "ops/attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "ops/kernels.h"
#include "ops/scratch.h"

namespace lorikeet {
namespace {

/// Query rows per task: a multiple of every tile height (14, 6, 4). They pass together over a block of keys and values,
/// so that the block is read from the L2 cache for all but the first tile of rows.
constexpr int64_t kQueryBlock = 84;
/// Keys per block at most, and floats of keys and values that a block may take (256 KB).
constexpr int64_t kMaxKeyBlock = 256;
constexpr int64_t kBlockFloats = int64_t{1} << 16;

int64_t keyBlockFor(int64_t depth) {
  return std::clamp<int64_t>(kBlockFloats / (2 * depth) / kPanelWidth * kPanelWidth, 2 * kPanelWidth, kMaxKeyBlock);
}

/// The running state of one block of queries: online softmax of every row and the weighted sum of values so far.
struct QueryState {
  float* out;  ///< [kQueryBlock][paddedDepth]
  std::array<float, kQueryBlock> maximum;
  std::array<float, kQueryBlock> sum;
};

/// The shapes of one call, and keys and values rearranged into panels.
struct Job {
  const ExecutionContext& context;
  const Tensor& q;
  const Tensor& k;
  const Tensor& v;
  int64_t heads, depth, queries, keys;
  bool causal;
  int64_t keyPanels;      ///< panels of 32 keys
  int64_t paddedDepth;    ///< depth of a head rounded up to 8: columns of a value block
  Tensor keyPanelData;    ///< [N * heads][keyPanels][depth][32]
  Tensor valuePanelData;  ///< [N * heads][keys][paddedDepth]

  int64_t width() const { return heads * depth; }

  void packKeys(int64_t unit, int64_t panel) {
    const int64_t image = unit / heads, head = unit % heads;
    float* to = keyPanelData.data() + (unit * keyPanels + panel) * depth * kPanelWidth;
    const int64_t first = panel * kPanelWidth;
    for (int64_t j = 0; j < kPanelWidth; ++j) {
      const bool inside = first + j < keys;
      const float* from = k.data() + (image * keys + first + j) * width() + head * depth;
      for (int64_t d = 0; d < depth; ++d) to[d * kPanelWidth + j] = inside ? from[d] : 0.f;
    }
    float* values = valuePanelData.data() + (unit * keys + first) * paddedDepth;
    for (int64_t j = 0; j < std::min<int64_t>(kPanelWidth, keys - first); ++j, values += paddedDepth) {
      const float* from = v.data() + (image * keys + first + j) * width() + head * depth;
      std::memcpy(values, from, depth * sizeof(float));
      std::fill(values + depth, values + paddedDepth, 0.f);
    }
  }

  void pack() {
    const int64_t units = q.dim(0) * heads;
    constexpr int64_t kPanelsPerTask = 8;
    const int64_t tasks = (keyPanels + kPanelsPerTask - 1) / kPanelsPerTask;
    context.parallelFor(units * tasks, [&](int64_t index, int) {
      const int64_t first = index % tasks * kPanelsPerTask;
      for (int64_t panel = first; panel < std::min(keyPanels, first + kPanelsPerTask); ++panel)
        packKeys(index / tasks, panel);
    });
  }

  /// scores[rows][keyBlock] = q rows times keys [begin, begin + count).
  void scoreBlock(const float* const* rows, int rowCount, int64_t unit, int64_t begin, int64_t count,
                  float* scores) const {
    for (int64_t j = 0; j < count; j += kPanelWidth) {
      const float* panel = keyPanelData.data() + (unit * keyPanels + (begin + j) / kPanelWidth) * depth * kPanelWidth;
      kernels().tile(rows, rowCount, panel, kPanelWidth, kPanelWidth, depth, scores + j, keyBlock, false);
    }
  }

  /// out[rows][paddedDepth] += p[rows][count] times values [begin, begin + count).
  void mixBlock(const float* const* p, int rowCount, int64_t unit, int64_t begin, int64_t count, float* out,
                bool accumulate) const {
    const float* values = valuePanelData.data() + (unit * keys + begin) * paddedDepth;
    for (int64_t j = 0; j < paddedDepth; j += kPanelWidth) {
      const int columns = static_cast<int>(std::min<int64_t>(kPanelWidth, paddedDepth - j));
      kernels().tile(p, rowCount, values + j, paddedDepth, columns, count, out + j, paddedDepth, accumulate);
    }
  }

  /// One tile of rows (from `first` on in the block of queries) against one block of keys.
  void attendTile(int64_t unit, int64_t blockStart, int64_t first, int rowCount, int64_t begin, int64_t count,
                  QueryState& state) const {
    const Kernels& kernel = kernels();
    float* scores = threadScratch(ScratchSlot::Scores, kMaxTileRows * keyBlock);
    float* out = state.out + first * paddedDepth;
    const float* queryRows[kMaxTileRows];
    const float* scoreRows[kMaxTileRows];
    for (int r = 0; r < rowCount; ++r) {
      queryRows[r] = q.data() + (unit / heads * queries + blockStart + first + r) * width() + unit % heads * depth;
      scoreRows[r] = scores + r * keyBlock;
    }
    scoreBlock(queryRows, rowCount, unit, begin, count, scores);
    for (int r = 0; r < rowCount; ++r) {
      const int64_t seen = causal ? std::clamp<int64_t>(blockStart + first + r + 1 - begin, 0, count) : count;
      float& maximum = state.maximum[first + r];
      float& sum = state.sum[first + r];
      const float before = maximum;
      const float added = kernel.softmaxBlock(scores + r * keyBlock, seen, count, scale, &maximum);
      if (begin > 0 && maximum > before) {
        const float shrink = kernel.expOne(before - maximum);
        sum *= shrink;
        kernel.scaleRow(out + r * paddedDepth, shrink, paddedDepth);
      }
      sum += added;
    }
    mixBlock(scoreRows, rowCount, unit, begin, count, out, begin > 0);
  }

  /// All keys for the queries of one block.
  void attendBlock(int64_t unit, int64_t blockStart) const {
    const int64_t rows = std::min(kQueryBlock, queries - blockStart);
    QueryState state;
    state.out = threadScratch(ScratchSlot::Accumulator, kQueryBlock * paddedDepth);
    state.maximum.fill(-3.0e38f);
    state.sum.fill(0);
    const int64_t lastKey = causal ? std::min(keys, blockStart + rows) : keys;
    for (int64_t begin = 0; begin < lastKey; begin += keyBlock) {
      const int64_t count = std::min(keyBlock, lastKey - begin);
      for (int64_t first = 0; first < rows; first += kernels().tileRows)
        attendTile(unit, blockStart, first, static_cast<int>(std::min<int64_t>(kernels().tileRows, rows - first)),
                   begin, count, state);
    }
    for (int64_t r = 0; r < rows; ++r) {
      float* to = resultRow(unit / heads, blockStart + r) + unit % heads * depth;
      const float factor = 1.f / state.sum[r];
      if (logSums != nullptr) logSums[unit * queries + blockStart + r] = state.maximum[r] + std::log(state.sum[r]);
      for (int64_t d = 0; d < depth; ++d) to[d] = state.out[r * paddedDepth + d] * factor;
    }
  }

  float* resultRow(int64_t image, int64_t query) const { return result + (image * queries + query) * width(); }
  float* result = nullptr;
  float* logSums = nullptr;
  int64_t keyBlock = kMaxKeyBlock;
  float scale = 1;
};

}  // namespace

Tensor attention(const ExecutionContext& context, const Tensor& q, const Tensor& k, const Tensor& v, int heads,
                 bool causal, Tensor* logSums) {
  const int64_t images = q.dim(0), queries = q.dim(1), keys = k.dim(1), depth = q.dim(2) / heads;
  CHECK(q.dim(2) == depth * heads && k.dim(2) == q.dim(2) && v.dim(2) == q.dim(2) && v.dim(1) == keys);
  const double flops = 4.0 * static_cast<double>(images * heads * queries) * static_cast<double>(keys * depth);
  const double moved = 2.0 * sizeof(float) * static_cast<double>(images * (queries + keys) * heads * depth);
  const ProfileScope profile(
      context.profiler(), queries == keys ? "self-attention" : "cross-attention", {flops, flops, moved}, {},
      [&] { return fmt::format("{} x {} queries, {} keys, {} heads of {}", images, queries, keys, heads, depth); });
  const int64_t keyPanels = (keys + kPanelWidth - 1) / kPanelWidth, paddedDepth = (depth + 7) / 8 * 8;
  Job job{context,
          q,
          k,
          v,
          heads,
          depth,
          queries,
          keys,
          causal,
          keyPanels,
          paddedDepth,
          Tensor({images * heads * keyPanels * depth * kPanelWidth}),
          Tensor({images * heads * keys * paddedDepth})};
  job.pack();
  Tensor y({images, queries, heads * depth});
  job.result = y.data();
  if (logSums != nullptr) {
    *logSums = Tensor({images, heads, queries});
    job.logSums = logSums->data();
  }
  job.keyBlock = keyBlockFor(depth);
  job.scale = 1.f / std::sqrt(static_cast<float>(depth));
  const int64_t blocks = (queries + kQueryBlock - 1) / kQueryBlock;
  context.parallelFor(images * heads * blocks,
                      [&](int64_t index, int) { job.attendBlock(index / blocks, index % blocks * kQueryBlock); });
  return y;
}

}  // namespace lorikeet
