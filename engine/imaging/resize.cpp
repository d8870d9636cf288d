#include "imaging/resize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/check.h"
#include "core/execution_context.h"
#include "lorikeet/error.h"

namespace lorikeet {
namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;  // as Pillow: products of a byte and a weight, summed in 32 bits
constexpr int kMaxResizedSide = 32768;

struct Kernel {
  double support;
  double (*weight)(double);
};

double boxWeight(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }
double triangleWeight(double x) { return std::max(0.0, 1.0 - std::abs(x)); }
double cubicWeight(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
double sinc(double x) { return x == 0 ? 1.0 : std::sin(x * std::numbers::pi) / (x * std::numbers::pi); }
double lanczosWeight(double x) { return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0.0; }

Kernel kernelOf(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::Area:
      return {0.5, boxWeight};
    case ResizeFilter::Bilinear:
      return {1, triangleWeight};
    case ResizeFilter::Bicubic:
      return {2, cubicWeight};
    case ResizeFilter::Nearest:
    case ResizeFilter::Lanczos:
      break;
  }
  return {3, lanczosWeight};
}

/// Which input samples make up one output sample, and with what weights.
struct Taps {
  int first = 0;
  std::vector<int32_t> weights;
};

Taps tapsAt(const Kernel& kernel, double center, double filterScale, int inputSize) {
  const double support = kernel.support * filterScale;
  const int first = std::max(0, static_cast<int>(center - support + 0.5));
  const int end = std::min(inputSize, static_cast<int>(center + support + 0.5));
  std::vector<double> exact;
  double sum = 0;
  for (int i = first; i < end; ++i) {
    exact.push_back(kernel.weight((i - center + 0.5) * (1.0 / filterScale)));
    sum += exact.back();
  }
  Taps taps{first, {}};
  for (double weight : exact) {
    const double scaled = (sum != 0 ? weight / sum : weight) * (1 << kPrecisionBits);
    taps.weights.push_back(static_cast<int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5));
  }
  return taps;
}

std::vector<Taps> makeTaps(ResizeFilter filter, int inputSize, int outputSize) {
  const Kernel kernel = kernelOf(filter);
  const double scale = static_cast<double>(inputSize) / outputSize;
  std::vector<Taps> taps;
  for (int i = 0; i < outputSize; ++i)
    taps.push_back(tapsAt(kernel, (i + 0.5) * scale, std::max(scale, 1.0), inputSize));
  return taps;
}

uint8_t toByte(int32_t sum) { return static_cast<uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255)); }

/// Samples of `channels` interleaved bytes, rows without padding.
struct Plane {
  int width = 0;
  int height = 0;
  int channels = 1;
  std::vector<uint8_t> bytes;
  size_t rowBytes() const { return static_cast<size_t>(width) * channels; }
};

template <int Channels>
Plane resampleRows(const Plane& source, const std::vector<Taps>& taps, const std::stop_token& stop) {
  Plane result{static_cast<int>(taps.size()), source.height, Channels, {}};
  result.bytes.resize(result.rowBytes() * result.height);
  uint8_t* out = result.bytes.data();
  for (int y = 0; y < source.height; ++y) {
    throwIfStopped(stop);
    const uint8_t* row = source.bytes.data() + source.rowBytes() * y;
    for (const Taps& t : taps) {
      int32_t sums[Channels];
      std::fill_n(sums, Channels, 1 << (kPrecisionBits - 1));
      const uint8_t* in = row + static_cast<size_t>(t.first) * Channels;
      for (int32_t weight : t.weights)
        for (int c = 0; c < Channels; ++c) sums[c] += *in++ * weight;
      for (int c = 0; c < Channels; ++c) *out++ = toByte(sums[c]);
    }
  }
  return result;
}

Plane resampleColumns(const Plane& source, const std::vector<Taps>& taps, const std::stop_token& stop) {
  Plane result{source.width, static_cast<int>(taps.size()), source.channels, {}};
  const size_t rowBytes = source.rowBytes();
  result.bytes.resize(rowBytes * result.height);
  std::vector<int32_t> sums(rowBytes);
  uint8_t* out = result.bytes.data();
  for (const Taps& t : taps) {
    throwIfStopped(stop);
    std::fill(sums.begin(), sums.end(), 1 << (kPrecisionBits - 1));
    const uint8_t* in = source.bytes.data() + rowBytes * t.first;
    for (int32_t weight : t.weights) {
      for (size_t i = 0; i < rowBytes; ++i) sums[i] += in[i] * weight;
      in += rowBytes;
    }
    for (size_t i = 0; i < rowBytes; ++i) *out++ = toByte(sums[i]);
  }
  return result;
}

Plane resampleNearest(const Plane& source, int width, int height, const std::stop_token& stop) {
  Plane result{width, height, source.channels, {}};
  result.bytes.reserve(result.rowBytes() * height);
  for (int y = 0; y < height; ++y) {
    throwIfStopped(stop);
    const int fromY = static_cast<int>((y + 0.5) * source.height / height);
    for (int x = 0; x < width; ++x) {
      const int fromX = static_cast<int>((x + 0.5) * source.width / width);
      const uint8_t* in =
          source.bytes.data() + source.rowBytes() * fromY + static_cast<size_t>(fromX) * source.channels;
      result.bytes.insert(result.bytes.end(), in, in + source.channels);
    }
  }
  return result;
}

Plane resample(Plane plane, int width, int height, ResizeFilter filter, const std::stop_token& stop) {
  if (width < 1 || height < 1 || width > kMaxResizedSide || height > kMaxResizedSide)
    throw Error(ErrorKind::InvalidArgument,
                fmt::format("A picture cannot be made {} x {} pixels large: both must be 1 to {}.", width, height,
                            kMaxResizedSide));
  if (plane.bytes.empty()) throw Error(ErrorKind::InvalidArgument, "The picture is empty.");
  CHECK(plane.bytes.size() == plane.rowBytes() * plane.height);
  if (filter == ResizeFilter::Nearest) return resampleNearest(plane, width, height, stop);
  if (width != plane.width) {
    const auto taps = makeTaps(filter, plane.width, width);
    plane = plane.channels == 3 ? resampleRows<3>(plane, taps, stop) : resampleRows<1>(plane, taps, stop);
  }
  if (height != plane.height) plane = resampleColumns(plane, makeTaps(filter, plane.height, height), stop);
  return plane;
}

bool contains(int width, int height, const Rect& area) {
  return area.x >= 0 && area.y >= 0 && !area.empty() && area.x + area.width <= width && area.y + area.height <= height;
}

void copyRows(const uint8_t* from, size_t fromStride, uint8_t* to, size_t toStride, size_t rowBytes, int rows) {
  for (int y = 0; y < rows; ++y) std::copy_n(from + fromStride * y, rowBytes, to + toStride * y);
}

}  // namespace

Image resizeImage(const Image& source, int width, int height, ResizeFilter filter, const std::stop_token& stop) {
  Plane plane = resample({source.width, source.height, 3, source.pixels}, width, height, filter, stop);
  return {width, height, std::move(plane.bytes)};
}

Mask resizeMask(const Mask& source, int width, int height, ResizeFilter filter, const std::stop_token& stop) {
  Plane plane = resample({source.width, source.height, 1, source.values}, width, height, filter, stop);
  return {width, height, std::move(plane.bytes)};
}

Image cropImage(const Image& source, const Rect& area) {
  CHECK(contains(source.width, source.height, area));
  Image result = Image::create(area.width, area.height);
  const size_t stride = static_cast<size_t>(source.width) * 3;
  const size_t rowBytes = static_cast<size_t>(area.width) * 3;
  copyRows(source.pixels.data() + stride * area.y + static_cast<size_t>(area.x) * 3, stride, result.pixels.data(),
           rowBytes, rowBytes, area.height);
  return result;
}

Mask cropMask(const Mask& source, const Rect& area) {
  CHECK(contains(source.width, source.height, area));
  Mask result = Mask::create(area.width, area.height);
  const auto stride = static_cast<size_t>(source.width);
  const auto rowBytes = static_cast<size_t>(area.width);
  copyRows(source.values.data() + stride * area.y + area.x, stride, result.values.data(), rowBytes, rowBytes,
           area.height);
  return result;
}

void pasteImage(Image& target, const Image& part, int x, int y) {
  CHECK(contains(target.width, target.height, {x, y, part.width, part.height}));
  const size_t stride = static_cast<size_t>(target.width) * 3;
  const size_t rowBytes = static_cast<size_t>(part.width) * 3;
  copyRows(part.pixels.data(), rowBytes, target.pixels.data() + stride * y + static_cast<size_t>(x) * 3, stride,
           rowBytes, part.height);
}

void pasteMask(Mask& target, const Mask& part, int x, int y) {
  CHECK(contains(target.width, target.height, {x, y, part.width, part.height}));
  const auto stride = static_cast<size_t>(target.width);
  const auto rowBytes = static_cast<size_t>(part.width);
  copyRows(part.values.data(), rowBytes, target.values.data() + stride * y + x, stride, rowBytes, part.height);
}

}  // namespace lorikeet
