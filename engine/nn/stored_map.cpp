#include "nn/stored_map.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/buffer_pool.h"

namespace lorikeet {
namespace {

/// f32 bytes of the strips that are worked on.
constexpr int64_t kStripBytes = int64_t{12} << 20;
/// Values beyond this are scaled down before they become f16.
constexpr float kLargestKept = 16384;

/// Rows [first, first + count) of [1, H, W, C].
Tensor innerRows(const Tensor& x, int64_t first, int64_t count) {
  const int64_t row = x.dim(2) * x.dim(3);
  Tensor inner({1, count, x.dim(2), x.dim(3)});
  std::copy_n(x.data() + first * row, count * row, inner.data());
  return inner;
}

float largestMagnitude(const ExecutionContext& context, const Tensor& rows) {
  const int64_t row = rows.dim(2) * rows.dim(3);
  std::vector<float> largest(static_cast<size_t>(rows.dim(1)), 0.F);
  context.parallelFor(rows.dim(1), [&](int64_t y, int) {
    float most = 0;
    for (const float* v = rows.data() + y * row; v < rows.data() + (y + 1) * row; ++v)
      most = std::max(most, std::abs(*v));
    largest[static_cast<size_t>(y)] = most;
  });
  return *std::max_element(largest.begin(), largest.end());
}

std::unique_ptr<ChannelMoments> measure(const ExecutionContext& context, const MapRows& map) {
  auto moments = std::make_unique<ChannelMoments>(map.channels());
  forStrips(map, [&](int64_t first, int64_t count) { moments->add(context, map.rows(context, first, count)); });
  return moments;
}

int64_t resized(int64_t side, ConvolvedRows::Size size) {
  switch (size) {
    case ConvolvedRows::Size::Same:
      return side;
    case ConvolvedRows::Size::Doubled:
      return 2 * side;
    case ConvolvedRows::Size::Halved:
      return side / 2;
  }
  return side;
}

}  // namespace

int64_t MapRows::stripRows() const {
  const int64_t fitting = kStripBytes / (width_ * channels_ * static_cast<int64_t>(sizeof(float)));
  return std::max<int64_t>(2, fitting / 4 * 4 - 2);
}

Tensor MapRows::rowsAround(const ExecutionContext& context, int64_t first, int64_t count) const {
  const int64_t begin = std::clamp<int64_t>(first, 0, height_), end = std::clamp<int64_t>(first + count, 0, height_);
  if (begin == first && end == first + count) return rows(context, first, count);
  Tensor around = Tensor::zeros({1, count, width_, channels_});
  const int64_t row = width_ * channels_;
  const auto put = [&](int64_t from, int64_t number, int64_t to) {
    const Tensor part = rows(context, from, number);
    std::copy_n(part.data(), part.size(), around.data() + to * row);
  };
  if (end > begin) put(begin, end - begin, begin - first);
  if (!context.wrap().y) return around;
  for (int64_t y = first; y < first + count; ++y)
    if (y < begin || y >= end) put((y % height_ + height_) % height_, 1, y - first);
  return around;
}

StoredMap::StoredMap(int64_t height, int64_t width, int64_t channels)
    : MapRows(height, width, channels), moments_(channels) {
  strips_.resize(static_cast<size_t>((height + stripRows() - 1) / stripRows()));
}

void StoredMap::write(const ExecutionContext& context, int64_t first, const Tensor& rows) {
  CHECK(first % stripRows() == 0 && rows.dim(1) <= stripRows() && rows.dim(2) == width() && rows.dim(3) == channels());
  moments_.add(context, rows);
  Strip& strip = strips_[static_cast<size_t>(first / stripRows())];
  const int64_t row = width() * channels();
  if (!strip.bytes) strip.bytes = BufferPool::lasting(static_cast<size_t>(stripRows() * row) * sizeof(uint16_t));
  const float largest = largestMagnitude(context, rows);
  strip.scale =
      largest > kLargestKept && std::isfinite(largest) ? std::exp2(std::ceil(std::log2(largest / kLargestKept))) : 1.F;
  context.parallelFor(rows.dim(1), [&](int64_t y, int) {
    const float* from = rows.data() + y * row;
    uint16_t* to = strip.values() + y * row;
    if (strip.scale == 1) return kernels().f32ToF16(from, to, row);
    std::vector<float> scaled(from, from + row);
    kernels().scaleRow(scaled.data(), 1 / strip.scale, row);
    kernels().f32ToF16(scaled.data(), to, row);
  });
}

Tensor StoredMap::rows(const ExecutionContext& context, int64_t first, int64_t count) const {
  const int64_t row = width() * channels();
  Tensor result({1, count, width(), channels()});
  context.parallelFor(count, [&](int64_t y, int) {
    const Strip& strip = strips_[static_cast<size_t>((first + y) / stripRows())];
    float* to = result.data() + y * row;
    kernels().f16ToF32(strip.values() + (first + y) % stripRows() * row, to, row);
    if (strip.scale != 1) kernels().scaleRow(to, strip.scale, row);
  });
  return result;
}

ConvolvedRows::ConvolvedRows(std::unique_ptr<const MapRows> source, const Conv2d& convolution, int64_t channels,
                             Size size)
    : MapRows(resized(source->height(), size), resized(source->width(), size), channels),
      source_(std::move(source)),
      convolution_(convolution),
      size_(size) {}

Tensor ConvolvedRows::rows(const ExecutionContext& context, int64_t first, int64_t count) const {
  // Rows beyond the strip come from the map; the vertical padding that the convolution adds only touches what is cut
  // off again.
  const ExecutionContext across = context.withWrap({context.wrap().x, false});
  switch (size_) {
    case Size::Same: {
      const Tensor around = source_->rowsAround(context, first - 1, count + 2);
      return innerRows(convolution_(across, around), 1, count);
    }
    case Size::Doubled: {
      const int64_t begin = first / 2 - 1, end = (first + count + 1) / 2 + 1;
      const Tensor around = source_->rowsAround(context, begin, end - begin);
      const Tensor result =
          convolution_(across, around, {.enlargedHeight = 2 * around.dim(1), .enlargedWidth = 2 * around.dim(2)});
      return innerRows(result, first - 2 * begin, count);
    }
    case Size::Halved: {
      const Tensor around = source_->rowsAround(context, 2 * first, 2 * count + 1);
      return innerRows(convolution_(across, around), 0, count);
    }
  }
  return {};
}

const ChannelMoments& ConvolvedRows::moments(const ExecutionContext& context) const {
  if (!moments_) moments_ = measure(context, *this);
  return *moments_;
}

WholeMap::WholeMap(Tensor map) : MapRows(map.dim(1), map.dim(2), map.dim(3)), map_(std::move(map)) {
  CHECK(map_.dim(0) == 1);
}

Tensor WholeMap::rows(const ExecutionContext&, int64_t first, int64_t count) const {
  return innerRows(map_, first, count);
}

const ChannelMoments& WholeMap::moments(const ExecutionContext& context) const {
  if (!moments_) moments_ = measure(context, *this);
  return *moments_;
}

std::unique_ptr<StoredMap> store(const ExecutionContext& context, const MapRows& map) {
  auto stored = std::make_unique<StoredMap>(map.height(), map.width(), map.channels());
  forStrips(*stored,
            [&](int64_t first, int64_t count) { stored->write(context, first, map.rows(context, first, count)); });
  return stored;
}

}  // namespace lorikeet
