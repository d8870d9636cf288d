#include "imaging/tensor_image.h"

#include <array>
#include <cmath>

#include "core/check.h"

namespace lorikeet {
namespace {

constexpr int kMaskThreshold = 128;  // 128 / 255 is the first value that is not below 0.5

/// Looks every byte up in a table of 256 floats and stores it in the layout.
Tensor lookUp(const Image& image, const std::array<float, 256>& table, TensorLayout layout) {
  CHECK(image.pixels.size() == static_cast<size_t>(image.width) * image.height * 3);
  const size_t count = static_cast<size_t>(image.width) * image.height;
  const bool last = layout == TensorLayout::ChannelsLast;
  Tensor tensor(last ? Shape{1, image.height, image.width, 3} : Shape{1, 3, image.height, image.width});
  const uint8_t* in = image.pixels.data();
  for (size_t i = 0; i < count; ++i)
    for (size_t c = 0; c < 3; ++c) tensor[last ? 3 * i + c : c * count + i] = table[*in++];
  return tensor;
}

const std::array<float, 256>& signedTable() {
  static const auto table = [] {
    std::array<float, 256> values{};
    for (int i = 0; i < 256; ++i) values[i] = 2.0F * (static_cast<float>(i) / 255.0F) - 1.0F;
    return values;
  }();
  return table;
}

const std::array<float, 256>& unsignedTable() {
  static const auto table = [] {
    std::array<float, 256> values{};
    for (int i = 0; i < 256; ++i) values[i] = static_cast<float>(i) / 255.0F;
    return values;
  }();
  return table;
}

uint8_t toByte(float x) {
  const float unit = x / 2.0F + 0.5F;
  if (!(unit > 0.0F)) return 0;
  if (unit >= 1.0F) return 255;
  return static_cast<uint8_t>(std::nearbyintf(unit * 255.0F));
}

void checkLatentSize(const Mask& mask, int factor) {
  CHECK(factor > 0 && mask.width % factor == 0 && mask.height % factor == 0);
  CHECK(mask.values.size() == static_cast<size_t>(mask.width) * mask.height);
}

float cellMean(const Mask& mask, int left, int top, int size) {
  int64_t sum = 0;
  for (int y = top; y < top + size; ++y)
    for (int x = left; x < left + size; ++x) sum += mask.values[static_cast<size_t>(y) * mask.width + x];
  return static_cast<float>(sum) / (255.0F * static_cast<float>(size * size));
}

}  // namespace

Tensor imageToTensor(const Image& image, TensorLayout layout) { return lookUp(image, signedTable(), layout); }

Tensor controlToTensor(const Image& image, TensorLayout layout) { return lookUp(image, unsignedTable(), layout); }

Image tensorToImage(const Tensor& tensor, TensorLayout layout, int64_t index) {
  const bool last = layout == TensorLayout::ChannelsLast;
  CHECK(tensor.shape().rank() == 4 && tensor.dim(last ? 3 : 1) == 3 && index >= 0 && index < tensor.dim(0));
  Image image = Image::create(static_cast<int>(tensor.dim(last ? 2 : 3)), static_cast<int>(tensor.dim(last ? 1 : 2)));
  const size_t count = image.pixels.size() / 3;
  const float* values = tensor.data() + static_cast<size_t>(index) * count * 3;
  for (size_t i = 0; i < count; ++i)
    for (size_t c = 0; c < 3; ++c) image.pixels[3 * i + c] = toByte(values[last ? 3 * i + c : c * count + i]);
  return image;
}

Tensor maskToTensor(const Mask& mask) { return maskToLatents(mask, 1); }

Tensor maskToLatents(const Mask& mask, int factor) {
  checkLatentSize(mask, factor);
  const int width = mask.width / factor;
  const int height = mask.height / factor;
  Tensor latents({1, height, width, 1});
  for (int y = 0; y < height; ++y) {
    const uint8_t* row = mask.values.data() + static_cast<size_t>(y) * factor * mask.width;
    for (int x = 0; x < width; ++x)
      latents[static_cast<size_t>(y) * width + x] =
          row[static_cast<size_t>(x) * factor] >= kMaskThreshold ? 1.0F : 0.0F;
  }
  return latents;
}

Tensor softMaskToLatents(const Mask& mask, int factor) {
  checkLatentSize(mask, factor);
  const int width = mask.width / factor;
  const int height = mask.height / factor;
  Tensor latents({1, height, width, 1});
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      latents[static_cast<size_t>(y) * width + x] = cellMean(mask, x * factor, y * factor, factor);
  return latents;
}

Tensor maskedImageToTensor(const Image& image, const Mask& mask, TensorLayout layout) {
  CHECK(mask.width == image.width && mask.height == image.height);
  Tensor tensor = imageToTensor(image, layout);
  const size_t count = mask.values.size();
  const bool last = layout == TensorLayout::ChannelsLast;
  for (size_t i = 0; i < count; ++i) {
    if (mask.values[i] < kMaskThreshold) continue;
    for (size_t c = 0; c < 3; ++c) tensor[last ? 3 * i + c : c * count + i] = 0.0F;
  }
  return tensor;
}

}  // namespace lorikeet
