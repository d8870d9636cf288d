#include "ops/attention_gradient.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/kernels.h"
#include "ops/scratch.h"
#include "ops/transpose.h"

namespace lorikeet {
namespace {

/// Queries and keys of a block: its four matrices of scores (344 KB) stay in the L2 cache.
constexpr int64_t kBackQueries = 84;
constexpr int64_t kBackKeys = 256;
/// Queries of one task. Each task sums the gradients of keys and values by itself, and the sums are added in order.
constexpr int64_t kTaskQueries = 24 * kBackQueries;

/// The heads of [N, T, heads * depth] apart from each other: rows [N * heads][T][padded], padded with zeros.
struct HeadRows {
  Tensor data;
  int64_t count = 0, padded = 0;

  float* row(int64_t unit, int64_t index) { return data.data() + (unit * count + index) * padded; }
  const float* row(int64_t unit, int64_t index) const { return data.data() + (unit * count + index) * padded; }
};

HeadRows emptyHeads(int64_t units, int64_t count, int64_t padded) {
  return {Tensor({units * count * padded}), count, padded};
}

HeadRows splitHeads(const ExecutionContext& context, const Tensor& x, int heads, int64_t padded) {
  const int64_t images = x.dim(0), count = x.dim(1), depth = x.dim(2) / heads;
  HeadRows split = emptyHeads(images * heads, count, padded);
  context.parallelFor(images * count, [&](int64_t index, int) {
    const float* from = x.data() + index * x.dim(2);
    for (int64_t head = 0; head < heads; ++head, from += depth) {
      float* to = split.row(index / count * heads + head, index % count);
      std::memcpy(to, from, static_cast<size_t>(depth) * sizeof(float));
      std::fill(to + depth, to + padded, 0.F);
    }
  });
  return split;
}

Tensor joinHeads(const ExecutionContext& context, const HeadRows& split, const Shape& shape, int heads) {
  Tensor x(shape);
  const int64_t count = shape[1], depth = shape[2] / heads;
  context.parallelFor(shape[0] * count, [&](int64_t index, int) {
    float* to = x.data() + index * shape[2];
    for (int64_t head = 0; head < heads; ++head, to += depth)
      std::memcpy(to, split.row(index / count * heads + head, index % count),
                  static_cast<size_t>(depth) * sizeof(float));
  });
  return x;
}

/// The rows as panels for the left side of a product with their transpose: [unit][panel][depth][32].
Tensor headPanels(const ExecutionContext& context, const HeadRows& rows, int64_t units, int64_t depth) {
  const int64_t panels = (rows.count + kPanelWidth - 1) / kPanelWidth;
  Tensor packed({units * panels * depth * kPanelWidth});
  context.parallelFor(units * panels, [&](int64_t index, int) {
    const int64_t first = index % panels * kPanelWidth, count = std::min<int64_t>(kPanelWidth, rows.count - first);
    float* to = packed.data() + index * depth * kPanelWidth;
    if (count < kPanelWidth) std::fill_n(to, depth * kPanelWidth, 0.F);
    transposeBlock(rows.row(index / panels, first), rows.padded, to, kPanelWidth, count, depth);
  });
  return packed;
}

struct BackwardJob {
  const AttentionRecord& record;
  int64_t depth, padded, queries, keys, chunks;
  HeadRows q, k, gradient;
  Tensor keyPanels, valuePanels;
  HeadRows queryGradient;
  HeadRows keySums, valueSums;  ///< of every task
  float scale;

  /// scores[r][...] = rows times some keys or values, [first, first + count).
  void multiplyPanels(const float* const* rows, int rowCount, const Tensor& panels, int64_t unit, int64_t first,
                      int64_t count, float* out) const {
    const int64_t panelCount = (keys + kPanelWidth - 1) / kPanelWidth;
    for (int64_t j = 0; j < count; j += kPanelWidth)
      kernels().tile(rows, rowCount,
                     panels.data() + (unit * panelCount + (first + j) / kPanelWidth) * depth * kPanelWidth, kPanelWidth,
                     kPanelWidth, depth, out + j, kBackKeys, false);
  }

  /// out[rows][padded] += left[rows][depthCount] times the rows from `right` on.
  void multiplyRows(const float* left, int64_t leftStride, int64_t rowCount, const float* right, int64_t depthCount,
                    float* out) const {
    const Kernels& kernel = kernels();
    const float* rows[kMaxTileRows];
    for (int64_t r = 0; r < rowCount; r += kernel.tileRows) {
      const int count = static_cast<int>(std::min<int64_t>(kernel.tileRows, rowCount - r));
      for (int i = 0; i < count; ++i) rows[i] = left + (r + i) * leftStride;
      for (int64_t j = 0; j < padded; j += kPanelWidth)
        kernel.tile(rows, count, right + j, padded, static_cast<int>(std::min<int64_t>(kPanelWidth, padded - j)),
                    depthCount, out + r * padded + j, padded, true);
    }
  }

  /// Probabilities and the gradient of scores for some queries and keys.
  void scoreBlock(int64_t unit, int64_t query, int64_t queryCount, int64_t key, int64_t keyCount, const float* means,
                  float* p, float* scoreGradient) const {
    const Kernels& kernel = kernels();
    const float* rows[kMaxTileRows];
    for (int64_t r = 0; r < queryCount; r += kernel.tileRows) {
      const int count = static_cast<int>(std::min<int64_t>(kernel.tileRows, queryCount - r));
      for (int i = 0; i < count; ++i) rows[i] = q.row(unit, query + r + i);
      multiplyPanels(rows, count, keyPanels, unit, key, keyCount, p + r * kBackKeys);
      for (int i = 0; i < count; ++i) rows[i] = gradient.row(unit, query + r + i);
      multiplyPanels(rows, count, valuePanels, unit, key, keyCount, scoreGradient + r * kBackKeys);
    }
    for (int64_t r = 0; r < queryCount; ++r) {
      const int64_t seen = record.causal ? std::clamp<int64_t>(query + r + 1 - key, 0, keyCount) : keyCount;
      float logSum = record.logSums.data()[unit * queries + query + r];
      kernel.softmaxBlock(p + r * kBackKeys, seen, keyCount, scale, &logSum);
      kernel.scoreBackward(p + r * kBackKeys, scoreGradient + r * kBackKeys, means[r], scale, keyCount);
    }
  }

  /// The mean gradient of a query's scores under its probabilities: its result times the result's gradient.
  void meanGradients(int64_t unit, int64_t query, int64_t count, float* means) const {
    const int heads = record.heads;
    for (int64_t r = 0; r < count; ++r) {
      const float* result =
          record.result.data() + (unit / heads * queries + query + r) * record.result.dim(2) + unit % heads * depth;
      const float* back = gradient.row(unit, query + r);
      double sum = 0;
      for (int64_t d = 0; d < depth; ++d) sum += static_cast<double>(result[d]) * back[d];
      means[r] = static_cast<float>(sum);
    }
  }

  void queryBlock(int64_t unit, int64_t task, int64_t query, int64_t count) {
    constexpr int64_t kScores = kBackQueries * kBackKeys;
    float* p = threadScratch(ScratchSlot::Scores, 4 * kScores);
    float *scoreGradient = p + kScores, *pTurned = p + 2 * kScores, *scoreTurned = p + 3 * kScores;
    float* own = queryGradient.row(unit, query);
    std::fill_n(own, count * padded, 0.F);
    float means[kBackQueries];
    meanGradients(unit, query, count, means);
    const int64_t lastKey = record.causal ? std::min(keys, query + count) : keys;
    for (int64_t key = 0; key < lastKey; key += kBackKeys) {
      const int64_t keyCount = std::min(kBackKeys, lastKey - key);
      scoreBlock(unit, query, count, key, keyCount, means, p, scoreGradient);
      multiplyRows(scoreGradient, kBackKeys, count, k.row(unit, key), keyCount, own);
      transposeBlock(p, kBackKeys, pTurned, kBackQueries, count, keyCount);
      transposeBlock(scoreGradient, kBackKeys, scoreTurned, kBackQueries, count, keyCount);
      multiplyRows(pTurned, kBackQueries, keyCount, gradient.row(unit, query), count, valueSums.row(task, key));
      multiplyRows(scoreTurned, kBackQueries, keyCount, q.row(unit, query), count, keySums.row(task, key));
    }
  }

  void runTask(const ExecutionContext& context, int64_t task) {
    const int64_t unit = task / chunks, begin = task % chunks * kTaskQueries;
    std::fill_n(keySums.row(task, 0), keys * padded, 0.F);
    std::fill_n(valueSums.row(task, 0), keys * padded, 0.F);
    const int64_t end = std::min(queries, begin + kTaskQueries);
    for (int64_t query = begin; query < end; query += kBackQueries) {
      context.throwIfStopped();
      queryBlock(unit, task, query, std::min(kBackQueries, end - query));
    }
  }

  /// Adds the sums of a unit's tasks up in the place of its first one, and moves that to the unit's own place.
  void addTasks(HeadRows& sums, int64_t unit) const {
    const int64_t size = keys * padded;
    float* first = sums.row(unit * chunks, 0);
    for (int64_t chunk = 1; chunk < chunks; ++chunk)
      kernels().add(first, sums.row(unit * chunks + chunk, 0), first, size);
  }
};

/// Every `chunks`-th head: the sums that addTasks() made.
Tensor joinSums(const ExecutionContext& context, BackwardJob& job, HeadRows& sums, const Shape& shape) {
  const int64_t units = shape[0] * job.record.heads;
  context.parallelFor(units, [&](int64_t unit, int) { job.addTasks(sums, unit); });
  if (job.chunks > 1)
    for (int64_t unit = 1; unit < units; ++unit)
      std::memcpy(sums.row(unit, 0), sums.row(unit * job.chunks, 0),
                  static_cast<size_t>(job.keys * job.padded) * sizeof(float));
  return joinHeads(context, sums, shape, job.record.heads);
}

}  // namespace

AttentionGradients attentionGradient(const ExecutionContext& context, const AttentionRecord& record,
                                     const Tensor& gradient) {
  const int64_t images = record.q.dim(0), queries = record.q.dim(1), keys = record.k.dim(1);
  const int64_t depth = record.q.dim(2) / record.heads, padded = (depth + 7) / 8 * 8, units = images * record.heads;
  CHECK(gradient.shape() == record.q.shape() && record.result.shape() == record.q.shape());
  const ProfileScope profile(
      context.profiler(), "attention gradient",
      {.flops = 10.0 * static_cast<double>(units * queries) * static_cast<double>(keys * depth)});
  const int64_t chunks = (queries + kTaskQueries - 1) / kTaskQueries;
  HeadRows k = splitHeads(context, record.k, record.heads, padded);
  Tensor keyPanels = headPanels(context, k, units, depth);
  Tensor valuePanels = headPanels(context, splitHeads(context, record.v, record.heads, padded), units, depth);
  BackwardJob job{record,
                  depth,
                  padded,
                  queries,
                  keys,
                  chunks,
                  splitHeads(context, record.q, record.heads, padded),
                  std::move(k),
                  splitHeads(context, gradient, record.heads, padded),
                  std::move(keyPanels),
                  std::move(valuePanels),
                  emptyHeads(units, queries, padded),
                  emptyHeads(units * chunks, keys, padded),
                  emptyHeads(units * chunks, keys, padded),
                  1.F / std::sqrt(static_cast<float>(depth))};
  context.parallelFor(units * chunks, [&](int64_t task, int) { job.runTask(context, task); });
  return {joinHeads(context, job.queryGradient, record.q.shape(), record.heads),
          joinSums(context, job, job.keySums, record.k.shape()),
          joinSums(context, job, job.valueSums, record.v.shape())};
}

}  // namespace lorikeet
