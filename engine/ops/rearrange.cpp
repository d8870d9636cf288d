#include "ops/rearrange.h"

#include <algorithm>
#include <vector>

namespace lorikeet {
namespace {

/// Calls body(n, y) for every row of [N, H, ...].
template <class Body>
void forRows(const ExecutionContext& context, const Tensor& x, Body body) {
  const ProfileScope profile(context.profiler(), "rearrange");
  context.parallelFor(x.dim(0) * x.dim(1), [&](int64_t row, int) { body(row / x.dim(1), row % x.dim(1)); });
}

const float* pixelAt(const Tensor& x, int64_t image, int64_t row, int64_t column) {
  return x.data() + ((image * x.dim(1) + row) * x.dim(2) + column) * x.dim(3);
}

struct Neighbours {
  int64_t first, second;
  float share;  ///< of the second
};

Neighbours neighboursOf(int64_t at, int64_t from, int64_t to) {
  const float position =
      to > 1 ? static_cast<float>(at) * static_cast<float>(from - 1) / static_cast<float>(to - 1) : 0;
  const auto first = std::min(from - 1, static_cast<int64_t>(position));
  return {first, std::min(from - 1, first + 1), position - static_cast<float>(first)};
}

}  // namespace

Tensor pixelShuffle(const ExecutionContext& context, const Tensor& x, int factor, ShuffleOrder order) {
  const int64_t positions = int64_t{factor} * factor, channels = x.dim(3) / positions;
  CHECK(channels * positions == x.dim(3));
  Tensor y({x.dim(0), x.dim(1) * factor, x.dim(2) * factor, channels});
  const bool torch = order == ShuffleOrder::PositionInnermost;
  forRows(context, y, [&](int64_t image, int64_t row) {
    float* out = y.data() + (image * y.dim(1) + row) * y.dim(2) * channels;
    for (int64_t column = 0; column < y.dim(2); ++column) {
      const int64_t position = row % factor * factor + column % factor;
      const float* in = pixelAt(x, image, row / factor, column / factor);
      for (int64_t c = 0; c < channels; ++c) *out++ = in[torch ? c * positions + position : position * channels + c];
    }
  });
  return y;
}

Tensor pixelUnshuffle(const ExecutionContext& context, const Tensor& x, int factor) {
  CHECK(x.dim(1) % factor == 0 && x.dim(2) % factor == 0);
  const int64_t positions = int64_t{factor} * factor, channels = x.dim(3);
  Tensor y({x.dim(0), x.dim(1) / factor, x.dim(2) / factor, channels * positions});
  forRows(context, y, [&](int64_t image, int64_t row) {
    float* out = y.data() + (image * y.dim(1) + row) * y.dim(2) * y.dim(3);
    for (int64_t column = 0; column < y.dim(2); ++column)
      for (int64_t c = 0; c < channels; ++c)
        for (int64_t position = 0; position < positions; ++position)
          *out++ = pixelAt(x, image, row * factor + position / factor, column * factor + position % factor)[c];
  });
  return y;
}

Tensor enlargeNearest(const ExecutionContext& context, const Tensor& x, int factor) {
  Tensor y({x.dim(0), x.dim(1) * factor, x.dim(2) * factor, x.dim(3)});
  forRows(context, y, [&](int64_t image, int64_t row) {
    float* out = y.data() + (image * y.dim(1) + row) * y.dim(2) * y.dim(3);
    for (int64_t column = 0; column < y.dim(2); ++column)
      out = std::copy_n(pixelAt(x, image, row / factor, column / factor), x.dim(3), out);
  });
  return y;
}

Tensor enlargeAlignedCorners(const ExecutionContext& context, const Tensor& x) {
  const int64_t channels = x.dim(3);
  Tensor y({x.dim(0), 2 * x.dim(1), 2 * x.dim(2), channels});
  forRows(context, y, [&](int64_t image, int64_t row) {
    const Neighbours down = neighboursOf(row, x.dim(1), y.dim(1));
    float* out = y.data() + (image * y.dim(1) + row) * y.dim(2) * channels;
    for (int64_t column = 0; column < y.dim(2); ++column) {
      const Neighbours across = neighboursOf(column, x.dim(2), y.dim(2));
      const float* a = pixelAt(x, image, down.first, across.first);
      const float* b = pixelAt(x, image, down.first, across.second);
      const float* c = pixelAt(x, image, down.second, across.first);
      const float* d = pixelAt(x, image, down.second, across.second);
      for (int64_t i = 0; i < channels; ++i) {
        const float top = a[i] + across.share * (b[i] - a[i]), bottom = c[i] + across.share * (d[i] - c[i]);
        *out++ = top + down.share * (bottom - top);
      }
    }
  });
  return y;
}

Tensor joinChannels(const ExecutionContext& context, const Tensor& a, const Tensor& b) {
  CHECK(a.dim(0) == b.dim(0) && a.dim(1) == b.dim(1) && a.dim(2) == b.dim(2));
  Tensor y({a.dim(0), a.dim(1), a.dim(2), a.dim(3) + b.dim(3)});
  forRows(context, y, [&](int64_t image, int64_t row) {
    float* out = y.data() + (image * y.dim(1) + row) * y.dim(2) * y.dim(3);
    for (int64_t column = 0; column < y.dim(2); ++column) {
      out = std::copy_n(pixelAt(a, image, row, column), a.dim(3), out);
      out = std::copy_n(pixelAt(b, image, row, column), b.dim(3), out);
    }
  });
  return y;
}

Tensor lastRows(const Tensor& x, int64_t rows) {
  if (x.empty()) return {};
  std::vector<int64_t> dims(x.shape().dims().begin(), x.shape().dims().end());
  dims[0] = rows;
  const Shape shape(dims);
  return Tensor::from(shape, x.values().last(static_cast<size_t>(shape.elementCount())));
}

}  // namespace lorikeet
