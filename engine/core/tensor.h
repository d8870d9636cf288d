#pragma once
#include <cstddef>
#include <span>
#include <utility>

#include "core/buffer_pool.h"
#include "core/shape.h"

namespace lorikeet {

/// A dense f32 array that owns its memory (64-byte aligned, from BufferPool). Feature maps are kept channels-last,
/// [N, H, W, C], and token sequences [N, T, C], so that a 1x1 convolution, a linear layer and attention all see rows
/// of channels; latents and pictures cross the public API as [N, C, H, W]. Contents are uninitialised unless said.
class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(const Shape& shape) : shape_(shape), count_(static_cast<size_t>(shape.elementCount())) {
    data_ = static_cast<float*>(BufferPool::instance().take(count_ * sizeof(float)));
  }
  Tensor(Tensor&& other) noexcept { swap(other); }
  Tensor& operator=(Tensor&& other) noexcept {
    Tensor(std::move(other)).swap(*this);
    return *this;
  }
  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;
  ~Tensor() { BufferPool::instance().give(data_, count_ * sizeof(float)); }

  static Tensor zeros(const Shape& shape);
  static Tensor from(const Shape& shape, std::span<const float> values);
  Tensor clone() const;

  bool empty() const { return data_ == nullptr; }
  const Shape& shape() const { return shape_; }
  int64_t dim(int axis) const { return shape_[axis]; }
  size_t size() const { return count_; }
  float* data() { return data_; }
  const float* data() const { return data_; }
  std::span<float> values() { return {data_, count_}; }
  std::span<const float> values() const { return {data_, count_}; }
  float& operator[](size_t i) { return data_[i]; }
  float operator[](size_t i) const { return data_[i]; }

  /// The same values under another shape of equal element count.
  Tensor reshaped(const Shape& shape) &&;

 private:
  void swap(Tensor& other) noexcept {
    std::swap(shape_, other.shape_);
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
  }
  Shape shape_;
  float* data_ = nullptr;
  size_t count_ = 0;
};

/// [N, C, H, W] -> [N, H, W, C] and back.
Tensor toChannelsLast(const Tensor& x);
Tensor toChannelsFirst(const Tensor& x);

}  // namespace lorikeet
