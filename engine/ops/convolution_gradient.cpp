#include "ops/convolution_gradient.h"

#include <algorithm>
#include <cstring>

#include "ops/transpose.h"

namespace lorikeet {
namespace {

constexpr int64_t kSumRows = 1024;

/// out[m][columns] += left[m][depth] times `depth` rows of `right`, `stride` apart. left rows are leftStride apart.
void addProducts(const float* left, int64_t leftStride, int64_t m, const float* right, int64_t stride, int64_t depth,
                 int64_t columns, float* out, int64_t outStride) {
  const Kernels& kernel = kernels();
  const int64_t wide = columns / 8 * 8;
  const float* rows[kMaxTileRows];
  for (int64_t r = 0; r < m; r += kernel.tileRows) {
    const int count = static_cast<int>(std::min<int64_t>(kernel.tileRows, m - r));
    for (int i = 0; i < count; ++i) rows[i] = left + (r + i) * leftStride;
    if (wide > 0)
      kernel.tile(rows, count, right, stride, static_cast<int>(wide), depth, out + r * outStride, outStride, true);
    for (int i = 0; i < count; ++i)
      for (int64_t j = wide; j < columns; ++j)
        for (int64_t k = 0; k < depth; ++k) out[(r + i) * outStride + j] += rows[i][k] * right[k * stride + j];
  }
}

/// Pixels at even places, zeros between: what a stride of 2 skipped.
Tensor spread(const ExecutionContext& context, const Tensor& x, int64_t height, int64_t width) {
  const int64_t channels = x.dim(3);
  Tensor y({x.dim(0), height, width, channels});
  context.parallelFor(x.dim(0) * height, [&](int64_t index, int) {
    const int64_t row = index % height, image = index / height;
    float* to = y.data() + index * width * channels;
    std::fill_n(to, width * channels, 0.F);
    if (row % 2 != 0 || row / 2 >= x.dim(1)) return;
    const float* from = x.data() + (image * x.dim(1) + row / 2) * x.dim(2) * channels;
    for (int64_t column = 0; column < x.dim(2); ++column)
      std::copy_n(from + column * channels, channels, to + 2 * column * channels);
  });
  return y;
}

/// Sums the pixels that nearest-neighbour enlargement made of one.
Tensor gather(const ExecutionContext& context, const Tensor& x, int64_t height, int64_t width) {
  const int64_t channels = x.dim(3);
  Tensor y({x.dim(0), height, width, channels});
  context.parallelFor(x.dim(0) * height, [&](int64_t index, int) {
    const int64_t row = index % height, image = index / height;
    float* to = y.data() + index * width * channels;
    std::fill_n(to, width * channels, 0.F);
    for (int64_t fromRow = 2 * row; fromRow < std::min(x.dim(1), 2 * row + 2); ++fromRow) {
      const float* from = x.data() + (image * x.dim(1) + fromRow) * x.dim(2) * channels;
      for (int64_t column = 0; column < x.dim(2); ++column) {
        float* target = to + column / 2 * channels;
        kernels().add(target, from + column * channels, target, channels);
      }
    }
  });
  return y;
}

/// One tap's share of a convolution's weight gradient, for some input channels.
void addTap(const Tensor& turned, const Tensor& gradient, const Tensor& x, const ConvolutionGeometry& g, int tap,
            int64_t channel, int64_t columns, float* out, int64_t outStride) {
  const int64_t shiftY = tap / g.kernel - g.padBefore, shiftX = tap % g.kernel - g.padBefore;
  const bool enlarged = g.enlargedHeight > 0;
  const int64_t height = enlarged ? g.enlargedHeight : x.dim(1), width = enlarged ? g.enlargedWidth : x.dim(2);
  const int64_t outHeight = gradient.dim(1), outWidth = gradient.dim(2), channels = x.dim(3), rows = turned.dim(1);
  // Output columns whose tap lies inside the map; without enlargement they read pixels that are one stride apart.
  const int64_t firstColumn = shiftX < 0 ? (-shiftX + g.stride - 1) / g.stride : 0;
  const int64_t lastColumn = std::min(outWidth, (width - 1 - shiftX) / g.stride + 1);
  for (int64_t row = 0; row < gradient.dim(0) * outHeight; ++row) {
    const int64_t y = row % outHeight * g.stride + shiftY;
    if (y < 0 || y >= height || lastColumn <= firstColumn) continue;
    const float* line = x.data() + (row / outHeight * x.dim(1) + (enlarged ? y / 2 : y)) * x.dim(2) * channels;
    const float* left = turned.data() + row * outWidth;
    if (!enlarged) {
      addProducts(left + firstColumn, rows, turned.dim(0),
                  line + (firstColumn * g.stride + shiftX) * channels + channel, g.stride * channels,
                  lastColumn - firstColumn, columns, out, outStride);
      continue;
    }
    for (int64_t column = firstColumn; column < lastColumn; ++column)
      addProducts(left + column, rows, turned.dim(0), line + (column + shiftX) / 2 * channels + channel, 0, 1, columns,
                  out, outStride);
  }
}

}  // namespace

Tensor convolutionInputGradient(const ExecutionContext& context, const Tensor& gradient, const PackedWeights& turned,
                                const ConvolutionGeometry& geometry, int64_t height, int64_t width,
                                const Tensor* residual) {
  CHECK(geometry.dilation == 1 && geometry.stride <= 2 && geometry.padBefore == geometry.padAfter);
  CHECK(!geometry.wrapX && !geometry.wrapY);
  ConvolutionGeometry back;
  back.kernel = geometry.kernel;
  back.padBefore = back.padAfter = geometry.kernel - 1 - geometry.padBefore;
  ProductEpilogue epilogue;
  if (residual != nullptr) epilogue.residual = residual->data();
  if (geometry.stride == 2)
    return convolution(context, spread(context, gradient, height, width), turned, back, epilogue);
  if (geometry.enlargedHeight == 0) return convolution(context, gradient, turned, back, epilogue);
  CHECK(residual == nullptr);
  return gather(context, convolution(context, gradient, turned, back), height, width);
}

Tensor convolutionWeightGradient(const ExecutionContext& context, const Tensor& gradient, const Tensor& x,
                                 const ConvolutionGeometry& geometry) {
  const ProfileScope profile(context.profiler(), "factor gradient");
  const int64_t taps = int64_t{geometry.kernel} * geometry.kernel, channels = x.dim(3), m = gradient.dim(3);
  const Tensor turned = transposed(gradient);
  const int64_t groups = (channels + kPanelWidth - 1) / kPanelWidth;
  Tensor sum = Tensor::zeros({m, taps, channels});
  context.parallelFor(taps * groups, [&](int64_t index, int) {
    const int64_t tap = index / groups, channel = index % groups * kPanelWidth;
    addTap(turned, gradient, x, geometry, static_cast<int>(tap), channel,
           std::min<int64_t>(kPanelWidth, channels - channel), sum.data() + tap * channels + channel, taps * channels);
  });
  return sum;
}

Tensor sumOfProducts(const ExecutionContext& context, const Tensor& left, const Tensor& right) {
  const ProfileScope profile(context.profiler(), "factor gradient");
  const int64_t m = left.dim(-1), n = right.dim(-1), rows = static_cast<int64_t>(right.size()) / n;
  CHECK(static_cast<int64_t>(left.size()) == rows * m);
  const Tensor turned = transposed(left);
  const int64_t chunks = (rows + kSumRows - 1) / kSumRows, groups = (n + kPanelWidth - 1) / kPanelWidth;
  Tensor sums = Tensor::zeros({chunks, m, n});
  context.parallelFor(chunks * groups, [&](int64_t index, int) {
    const int64_t row = index / groups * kSumRows, column = index % groups * kPanelWidth;
    addProducts(turned.data() + row, rows, m, right.data() + row * n + column, n, std::min(kSumRows, rows - row),
                std::min<int64_t>(kPanelWidth, n - column), sums.data() + index / groups * m * n + column, n);
  });
  Tensor sum({m, n});
  std::copy_n(sums.data(), m * n, sum.data());
  for (int64_t chunk = 1; chunk < chunks; ++chunk)
    kernels().add(sum.data(), sums.data() + chunk * m * n, sum.data(), m * n);
  return sum;
}

Tensor sumOverPixels(const ExecutionContext& context, const Tensor& x) {
  const int64_t images = x.dim(0), channels = x.dim(-1), pixels = static_cast<int64_t>(x.size()) / images / channels;
  Tensor sum = Tensor::zeros({images, channels});
  context.parallelFor(images, [&](int64_t image, int) {
    float* to = sum.data() + image * channels;
    for (int64_t pixel = 0; pixel < pixels; ++pixel)
      kernels().add(to, x.data() + (image * pixels + pixel) * channels, to, channels);
  });
  return sum;
}

}  // namespace lorikeet
