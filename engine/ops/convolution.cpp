#include "ops/convolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "ops/operation_error.h"

namespace lorikeet {
namespace {

int64_t wrapped(int64_t at, int64_t size) { return (at % size + size) % size; }

/// The rows of a convolution seen as a matrix: one output pixel a row, one (tap, part) a segment.
class PatchRows : public RowSource {
 public:
  PatchRows(const FeatureMap& x, const ConvolutionGeometry& geometry, int64_t outHeight, int64_t outWidth)
      : x_(x), geometry_(geometry), outHeight_(outHeight), outWidth_(outWidth) {
    height_ = geometry.enlargedHeight > 0 ? geometry.enlargedHeight : x.height();
    width_ = geometry.enlargedWidth > 0 ? geometry.enlargedWidth : x.width();
  }
  int64_t rowCount() const override { return x_.images() * outHeight_ * outWidth_; }
  int64_t rowsPerImage() const override { return outHeight_ * outWidth_; }
  int partCount() const override { return x_.partCount(); }
  Part part(int index) const override {
    const FeatureMap::Part& part = x_.part(index);
    return {part.data, x_.images() * x_.height() * x_.width(), part.channels};
  }
  int segmentCount() const override { return geometry_.kernel * geometry_.kernel * x_.partCount(); }
  int partOf(int segment) const override { return segment % x_.partCount(); }

  void locate(int segment, int64_t firstRow, int count, int64_t* rows) const override {
    const int tap = segment / x_.partCount();
    const int64_t shiftY = int64_t{tap} / geometry_.kernel * geometry_.dilation - geometry_.padBefore;
    const int64_t shiftX = int64_t{tap} % geometry_.kernel * geometry_.dilation - geometry_.padBefore;
    const int zoom = geometry_.enlargedHeight > 0 ? 2 : 1;
    int64_t outX = firstRow % outWidth_;
    int64_t outY = firstRow / outWidth_ % outHeight_;
    int64_t image = firstRow / (outWidth_ * outHeight_);
    for (int i = 0; i < count; ++i) {
      int64_t y = outY * geometry_.stride + shiftY;
      int64_t x = outX * geometry_.stride + shiftX;
      if (geometry_.wrapY) y = wrapped(y, height_);
      if (geometry_.wrapX) x = wrapped(x, width_);
      const bool inside = y >= 0 && x >= 0 && y < height_ && x < width_;
      rows[i] = inside ? (image * x_.height() + y / zoom) * x_.width() + x / zoom : -1;
      if (++outX == outWidth_) {
        outX = 0;
        if (++outY == outHeight_) {
          outY = 0;
          ++image;
        }
      }
    }
  }

 private:
  const FeatureMap& x_;
  ConvolutionGeometry geometry_;
  int64_t outHeight_;
  int64_t outWidth_;
  int64_t height_;
  int64_t width_;
};

int64_t outputSize(int64_t inputSize, const ConvolutionGeometry& g) {
  return (inputSize + g.padBefore + g.padAfter - g.dilation * (g.kernel - 1) - 1) / g.stride + 1;
}
int64_t outputHeight(const FeatureMap& x, const ConvolutionGeometry& g) {
  return outputSize(g.enlargedHeight > 0 ? g.enlargedHeight : x.height(), g);
}
int64_t outputWidth(const FeatureMap& x, const ConvolutionGeometry& g) {
  return outputSize(g.enlargedWidth > 0 ? g.enlargedWidth : x.width(), g);
}

/// Winograd needs a quarter of the multiplications but widens and transforms the weights anew for every group of
/// tiles; below these sizes that costs more than it saves (tests/bench/convolution_bench.cpp). Direct products of 8-bit
/// integers are four times as many an instruction, and Winograd's are of 16 bits: so they are for the largest maps,
/// whose weights are transformed for the most tiles.
bool winogradPays(const FeatureMap& x, const PackedWeights& weights, const ConvolutionGeometry& g,
                  Arithmetic arithmetic, int64_t outHeight, int64_t outWidth) {
  if (g.kernel != 3 || g.stride != 1 || g.padBefore != 1 || g.padAfter != 1 || g.dilation != 1) return false;
  const int64_t fewestPixels = arithmetic == Arithmetic::Int8 ? 64 * 64 + 1 : 16 * 16;
  return x.channels() >= 32 && weights.outputs() >= 32 && outHeight * outWidth >= fewestPixels;
}

/// One row of a depthwise convolution's output.
void depthwiseRow(const Tensor& x, const float* taps, const float* bias, const ConvolutionGeometry& g, int64_t image,
                  int64_t outY, Tensor& y) {
  const int64_t height = x.dim(1), width = x.dim(2), channels = x.dim(3);
  float* out = y.data() + (image * y.dim(1) + outY) * y.dim(2) * channels;
  for (int64_t outX = 0; outX < y.dim(2); ++outX, out += channels) {
    std::copy_n(bias, channels, out);
    for (int tap = 0; tap < 9; ++tap) {
      const int64_t inY = outY * g.stride + tap / 3 - g.padBefore, inX = outX * g.stride + tap % 3 - g.padBefore;
      if (inY < 0 || inX < 0 || inY >= height || inX >= width) continue;
      const float* in = x.data() + ((image * height + inY) * width + inX) * channels;
      const float* weights = taps + tap * channels;
      for (int64_t c = 0; c < channels; ++c) out[c] += in[c] * weights[c];
    }
  }
}

}  // namespace

Tensor depthwiseConvolution(const ExecutionContext& context, const Tensor& x, const float* taps, const float* bias,
                            const ConvolutionGeometry& geometry) {
  CHECK(geometry.kernel == 3 && geometry.dilation == 1);
  const ProfileScope profile(context.profiler(), "convolution depthwise");
  Tensor y({x.dim(0), outputSize(x.dim(1), geometry), outputSize(x.dim(2), geometry), x.dim(3)});
  context.parallelFor(y.dim(0) * y.dim(1), [&](int64_t row, int) {
    depthwiseRow(x, taps, bias, geometry, row / y.dim(1), row % y.dim(1), y);
  });
  return y;
}

Tensor directConvolution(const ExecutionContext& context, const FeatureMap& x, const PackedWeights& weights,
                         const ConvolutionGeometry& geometry, const ProductEpilogue& epilogue) {
  const int64_t outHeight = outputHeight(x, geometry);
  const int64_t outWidth = outputWidth(x, geometry);
  Tensor y({x.images(), outHeight, outWidth, weights.outputs()});
  ProductEpilogue finish = epilogue;
  finish.rowsPerImage = outHeight * outWidth;
  rowProduct(context, PatchRows(x, geometry, outHeight, outWidth), weights, finish, y.data());
  return y;
}

Tensor convolution(const ExecutionContext& context, const FeatureMap& x, const PackedWeights& weights,
                   const ConvolutionGeometry& geometry, const ProductEpilogue& epilogue) {
  CHECK(x.channels() == weights.inputs() && geometry.kernel * geometry.kernel == weights.taps());
  const int64_t outHeight = outputHeight(x, geometry);
  const int64_t outWidth = outputWidth(x, geometry);
  const bool isWinograd = winogradPays(x, weights, geometry, context.arithmetic(), outHeight, outWidth);
  constexpr double kWinogradShare = 36.0 / 144;  // products of a 6x6 patch against 9 for each of its 16 results
  const double pixels = static_cast<double>(x.images() * outHeight * outWidth);
  const double flops = 2.0 * pixels * static_cast<double>(weights.depth() * weights.outputs());
  const double moved = sizeof(float) * (static_cast<double>(x.images() * x.height() * x.width() * x.channels()) +
                                        pixels * static_cast<double>(weights.outputs()));
  const OperationWork work{flops, isWinograd ? flops * kWinogradShare : flops,
                           moved + static_cast<double>(weights.byteSize())};
  const auto describe = [&] {
    return fmt::format("{} x {}x{}, {} -> {}", x.images(), outHeight, outWidth, x.channels(), weights.outputs());
  };
  const std::string_view kind = isWinograd             ? "convolution 3x3 winograd"
                                : geometry.kernel == 1 ? "convolution 1x1"
                                                       : "convolution 3x3 direct";
  const auto algorithm = isWinograd ? winogradConvolution : directConvolution;
  if (wantsErrors(context) && (isWinograd || context.arithmetic() != Arithmetic::F32)) {
    const Tensor exact = directConvolution(context.withArithmetic(Arithmetic::F32), x, weights, geometry, {});
    const OperationError error = errorOf(algorithm(context, x, weights, geometry, {}), exact);
    context.profiler()->addError(kind, weights.label(), describe(), error);
  }
  const ProfileScope profile(context.profiler(), kind, work, weights.label(), describe);
  return algorithm(context, x, weights, geometry, epilogue);
}

}  // namespace lorikeet
