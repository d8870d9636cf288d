#include "ops/activation_gradient.h"

#include <algorithm>
#include <vector>

namespace lorikeet {
namespace {

constexpr int64_t kGradientChunk = 16384;

/// Calls body(row) for every row of `channels` values, many a task.
template <class Body>
void forChannelRows(const ExecutionContext& context, const Tensor& x, Body body) {
  const int64_t channels = x.dim(-1), rows = static_cast<int64_t>(x.size()) / channels;
  const int64_t perTask = std::max<int64_t>(1, kGradientChunk / channels);
  context.parallelFor((rows + perTask - 1) / perTask, [&](int64_t task, int) {
    for (int64_t row = task * perTask; row < std::min(rows, (task + 1) * perTask); ++row) body(row);
  });
}

Shape withChannels(const Shape& shape, int64_t channels) {
  std::vector<int64_t> dims(shape.dims().begin(), shape.dims().end());
  dims.back() = channels;
  return Shape(std::span<const int64_t>(dims));
}

}  // namespace

void activationGradientInPlace(const ExecutionContext& context, Tensor& gradient, const Tensor& x,
                               Activation activation) {
  CHECK(gradient.size() == x.size());
  const ProfileScope profile(context.profiler(), "elementwise");
  const auto count = static_cast<int64_t>(x.size());
  context.parallelFor((count + kGradientChunk - 1) / kGradientChunk, [&](int64_t chunk, int) {
    const int64_t first = chunk * kGradientChunk;
    kernels().activateBackward(x.data() + first, gradient.data() + first, std::min(kGradientChunk, count - first),
                               activation);
  });
}

Tensor geglu(const ExecutionContext& context, const Tensor& x) {
  const ProfileScope profile(context.profiler(), "elementwise");
  const int64_t width = x.dim(-1) / 2;
  Tensor y(withChannels(x.shape(), width));
  forChannelRows(context, x, [&](int64_t row) {
    const float* value = x.data() + row * 2 * width;
    kernels().geglu(value, value + width, y.data() + row * width, width);
  });
  return y;
}

Tensor gegluGradient(const ExecutionContext& context, const Tensor& x, const Tensor& gradient) {
  const ProfileScope profile(context.profiler(), "elementwise");
  const int64_t width = x.dim(-1) / 2;
  CHECK(gradient.size() * 2 == x.size());
  Tensor y(x.shape());
  forChannelRows(context, x, [&](int64_t row) {
    const float* value = x.data() + row * 2 * width;
    float* to = y.data() + row * 2 * width;
    kernels().gegluBackward(value, value + width, gradient.data() + row * width, to, to + width, width);
  });
  return y;
}

std::pair<Tensor, Tensor> splitChannels(const ExecutionContext& context, const Tensor& x, int64_t channels) {
  const ProfileScope profile(context.profiler(), "rearrange");
  const int64_t all = x.dim(-1), others = all - channels;
  std::pair<Tensor, Tensor> parts{Tensor(withChannels(x.shape(), channels)), Tensor(withChannels(x.shape(), others))};
  forChannelRows(context, x, [&](int64_t row) {
    const float* from = x.data() + row * all;
    std::copy_n(from, channels, parts.first.data() + row * channels);
    std::copy_n(from + channels, others, parts.second.data() + row * others);
  });
  return parts;
}

}  // namespace lorikeet
