#include "ops/elementwise.h"

#include <algorithm>

namespace lorikeet {
namespace {

constexpr int64_t kChunk = 16384;

template <class Body>
void forChunks(const ExecutionContext& context, size_t size, Body body) {
  context.parallelBlocks(static_cast<int64_t>(size), kChunk,
                         [&](int64_t begin, int64_t end) { body(begin, end - begin); });
}

}  // namespace

void addInPlace(const ExecutionContext& context, Tensor& x, const Tensor& y) {
  CHECK(x.shape() == y.shape());
  const ProfileScope profile(context.profiler(), "elementwise");
  forChunks(context, x.size(), [&](int64_t begin, int64_t count) {
    kernels().add(x.data() + begin, y.data() + begin, x.data() + begin, count);
  });
}

void activateInPlace(const ExecutionContext& context, Tensor& x, Activation activation) {
  const ProfileScope profile(context.profiler(), "elementwise");
  forChunks(context, x.size(),
            [&](int64_t begin, int64_t count) { kernels().activate(x.data() + begin, count, activation); });
}

void preluInPlace(const ExecutionContext& context, Tensor& x, const float* slopes) {
  const ProfileScope profile(context.profiler(), "elementwise");
  const int64_t channels = x.dim(-1), rows = static_cast<int64_t>(x.size()) / channels;
  const int64_t rowsPerChunk = std::max<int64_t>(1, kChunk / channels);
  context.parallelBlocks(rows, rowsPerChunk, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float* values = x.data() + row * channels;
      for (int64_t c = 0; c < channels; ++c)
        values[c] = std::max(values[c], 0.F) + slopes[c] * std::min(values[c], 0.F);
    }
  });
}

void addScaledInPlace(const ExecutionContext& context, Tensor& x, float factor, const Tensor& y) {
  CHECK(x.shape() == y.shape());
  const ProfileScope profile(context.profiler(), "elementwise");
  forChunks(context, x.size(), [&](int64_t begin, int64_t count) {
    for (int64_t i = begin; i < begin + count; ++i) x[i] = factor * x[i] + y[i];
  });
}

void limitInPlace(const ExecutionContext& context, Tensor& x, float ceiling) {
  const ProfileScope profile(context.profiler(), "elementwise");
  forChunks(context, x.size(), [&](int64_t begin, int64_t count) {
    for (float* value = x.data() + begin; value < x.data() + begin + count; ++value) *value = std::min(*value, ceiling);
  });
}

}  // namespace lorikeet
