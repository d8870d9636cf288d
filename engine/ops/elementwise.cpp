#include "ops/elementwise.h"

#include <algorithm>

namespace lorikeet {
namespace {

constexpr int64_t kChunk = 16384;

template <class Body>
void forChunks(const ExecutionContext& context, size_t size, Body body) {
  const int64_t count = static_cast<int64_t>(size);
  context.parallelFor((count + kChunk - 1) / kChunk,
                      [&](int64_t chunk, int) { body(chunk * kChunk, std::min(kChunk, count - chunk * kChunk)); });
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

}  // namespace lorikeet
