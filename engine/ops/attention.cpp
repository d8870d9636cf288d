#include "ops/attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/attention_panels.h"
#include "ops/kernels.h"
#include "ops/operation_error.h"
#include "ops/reduced_rows.h"
#include "ops/scratch.h"

namespace lorikeet {
namespace {

/// Query rows per task: a multiple of every tile height (14, 6, 4). They pass together over a block of keys and values,
/// so that the block is read from the L2 cache for all but the first tile of rows.
constexpr int64_t kQueryBlock = 84;

/// The running state of one block of queries: online softmax of every row and the weighted sum of values so far.
struct QueryState {
  float* out;                    ///< [kQueryBlock][columns of the panels]
  std::byte* queries = nullptr;  ///< in fewer bits, [kQueryBlock][depth] values
  float* queryScales = nullptr;  ///< [kQueryBlock][blocks of the depth]
  std::array<float, kQueryBlock> maximum;
  std::array<float, kQueryBlock> sum;
};

/// One call in progress.
struct Job {
  const Tensor& q;
  const AttentionPanels& panels;
  int64_t heads, keys;
  bool causal;
  float scale;
  float* result;
  float* logSums;

  int64_t depth() const { return q.dim(2) / heads; }
  int64_t queries() const { return q.dim(1); }

  /// Queries of a block in fewer bits, in this thread's scratch.
  void reduceQueries(int64_t unit, int64_t blockStart, int64_t count, std::byte* values, float* scales) const {
    const ReducedKernels& reduced = *panels.reduced();
    for (int64_t r = 0; r < count; ++r)
      reduced.row(queryRow(unit, blockStart + r), depth(), values + r * depth() * reduced.valueBytes,
                  scales + r * integerBlocks(depth()));
  }

  const float* queryRow(int64_t unit, int64_t query) const {
    return q.data() + (unit / heads * queries() + query) * q.dim(2) + unit % heads * depth();
  }

  /// One tile of rows (from `first` on in the block of queries) against one block of keys.
  void attendTile(int64_t unit, int64_t blockStart, int64_t first, int rowCount, int64_t begin, int64_t count,
                  QueryState& state) const {
    const Kernels& kernel = kernels();
    const int64_t stride = panels.keyBlock(), padded = panels.padded(count);
    float* scores = threadScratch(ScratchSlot::Scores, kMaxTileRows * stride);
    float* out = state.out + first * panels.columns();
    AttentionRows queryRows, scoreRows;
    queryRows.count = queryRows.reduced.count = scoreRows.count = scoreRows.reduced.count = rowCount;
    for (int r = 0; r < rowCount; ++r) {
      queryRows.values[r] = queryRow(unit, blockStart + first + r);
      scoreRows.values[r] = scores + r * stride;
      if (panels.reduced() == nullptr) continue;
      queryRows.reduced.values[r] = state.queries + (first + r) * depth() * panels.reduced()->valueBytes;
      queryRows.reduced.scales[r] = state.queryScales + (first + r) * integerBlocks(depth());
    }
    panels.score(queryRows, unit, begin, count, scores);
    for (int r = 0; r < rowCount; ++r) {
      const int64_t seen = causal ? std::clamp<int64_t>(blockStart + first + r + 1 - begin, 0, count) : count;
      float& maximum = state.maximum[first + r];
      float& sum = state.sum[first + r];
      const float before = maximum;
      const float added = kernel.softmaxBlock(scores + r * stride, seen, padded, scale, &maximum);
      if (begin > 0 && maximum > before) {
        const float shrink = kernel.expOne(before - maximum);
        sum *= shrink;
        kernel.scaleRow(out + r * panels.columns(), shrink, panels.columns());
      }
      sum += added;
    }
    if (panels.reduced() != nullptr) reduceScores(scores, padded, scoreRows);
    panels.mix(scoreRows, unit, begin, count, out, begin > 0);
  }

  void reduceScores(const float* scores, int64_t padded, AttentionRows& rows) const {
    const ReducedKernels& reduced = *panels.reduced();
    const int64_t blocks = integerBlocks(padded), rowFloats = (padded * reduced.valueBytes + 3) / 4 + blocks;
    float* scratch = threadScratch(ScratchSlot::Block, kMaxTileRows * rowFloats);
    for (int r = 0; r < rows.count; ++r, scratch += rowFloats) {
      auto* values = reinterpret_cast<std::byte*>(scratch + blocks);
      reduced.row(scores + r * panels.keyBlock(), padded, values, scratch);
      rows.reduced.values[r] = values;
      rows.reduced.scales[r] = scratch;
    }
  }

  /// All keys for the queries of one block.
  void attendBlock(int64_t unit, int64_t blockStart) const {
    const int64_t rows = std::min(kQueryBlock, queries() - blockStart), columns = panels.columns();
    QueryState state;
    state.out = threadScratch(ScratchSlot::Accumulator, kQueryBlock * columns);
    state.maximum.fill(-3.0e38f);
    state.sum.fill(0);
    if (panels.reduced() != nullptr) {
      state.queryScales = threadScratch(ScratchSlot::Tile, kQueryBlock * (depth() + integerBlocks(depth())));
      state.queries = reinterpret_cast<std::byte*>(state.queryScales + kQueryBlock * integerBlocks(depth()));
      reduceQueries(unit, blockStart, rows, state.queries, state.queryScales);
    }
    const int64_t lastKey = causal ? std::min(keys, blockStart + rows) : keys;
    for (int64_t begin = 0; begin < lastKey; begin += panels.keyBlock()) {
      const int64_t count = std::min(panels.keyBlock(), lastKey - begin);
      for (int64_t first = 0; first < rows; first += kernels().tileRows)
        attendTile(unit, blockStart, first, static_cast<int>(std::min<int64_t>(kernels().tileRows, rows - first)),
                   begin, count, state);
    }
    for (int64_t r = 0; r < rows; ++r) {
      float* to = result + (unit / heads * queries() + blockStart + r) * q.dim(2) + unit % heads * depth();
      const float factor = 1.f / state.sum[r];
      if (logSums != nullptr) logSums[unit * queries() + blockStart + r] = state.maximum[r] + std::log(state.sum[r]);
      for (int64_t d = 0; d < depth(); ++d) to[d] = state.out[r * columns + d] * factor;
    }
  }
};

/// Integers of 8 bits would be too coarse for probabilities, and those of 16 pay only where an instruction sums their
/// products up; rows must fill lanes and panels be used often enough.
const ReducedKernels* reducedKernelsFor(const ExecutionContext& context, int64_t queries, int64_t depth) {
  constexpr int64_t kFewestQueries = 64;
  const Arithmetic arithmetic = context.arithmetic();
  if (arithmetic == Arithmetic::F32 || queries < kFewestQueries || depth % 2 != 0) return nullptr;
  if (arithmetic == Arithmetic::Bf16) return &kernels().bf16;
  return hasVnni(activeIsa()) ? &kernels().int16 : nullptr;
}

Tensor attend(const ExecutionContext& context, const Tensor& q, const Tensor& k, const Tensor& v, int64_t heads,
              bool causal, Tensor* logSums) {
  const int64_t images = q.dim(0), queries = q.dim(1), depth = q.dim(2) / heads;
  const AttentionPanels panels(context, k, v, heads, reducedKernelsFor(context, queries, depth));
  Tensor y({images, queries, heads * depth});
  if (logSums != nullptr) *logSums = Tensor({images, heads, queries});
  const Job job{q,        panels,
                heads,    k.dim(1),
                causal,   1.f / std::sqrt(static_cast<float>(depth)),
                y.data(), logSums == nullptr ? nullptr : logSums->data()};
  const int64_t blocks = (queries + kQueryBlock - 1) / kQueryBlock;
  context.parallelFor(images * heads * blocks,
                      [&](int64_t index, int) { job.attendBlock(index / blocks, index % blocks * kQueryBlock); });
  return y;
}

}  // namespace

Tensor attention(const ExecutionContext& context, const Tensor& q, const Tensor& k, const Tensor& v, int heads,
                 bool causal, Tensor* logSums) {
  const int64_t images = q.dim(0), queries = q.dim(1), keys = k.dim(1), depth = q.dim(2) / heads;
  CHECK(q.dim(2) == depth * heads && k.dim(2) == q.dim(2) && v.dim(2) == q.dim(2) && v.dim(1) == keys);
  const double flops = 4.0 * static_cast<double>(images * heads * queries) * static_cast<double>(keys * depth);
  const double moved = 2.0 * sizeof(float) * static_cast<double>(images * (queries + keys) * heads * depth);
  const std::string_view kind = queries == keys ? "self-attention" : "cross-attention";
  const auto describe = [&] {
    return fmt::format("{} x {} queries, {} keys, {} heads of {}", images, queries, keys, heads, depth);
  };
  if (wantsErrors(context) && reducedKernelsFor(context, queries, depth) != nullptr) {
    const Tensor exact = attend(context.withArithmetic(Arithmetic::F32), q, k, v, heads, causal, nullptr);
    context.profiler()->addError(kind, {}, describe(),
                                 errorOf(attend(context, q, k, v, heads, causal, nullptr), exact));
  }
  const ProfileScope profile(context.profiler(), kind, {flops, flops, moved}, {}, describe);
  return attend(context, q, k, v, heads, causal, logSums);
}

}  // namespace lorikeet
