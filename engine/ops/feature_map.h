#pragma once
#include <array>
#include <cstdint>

#include "core/tensor.h"

namespace lorikeet {

/// A channels-last feature map to read, [N, H, W, C], made of one tensor or of two that stand side by side in the
/// channels: torch.cat((a, b), dim=1) without the copy.
class FeatureMap {
 public:
  FeatureMap(const Tensor& x) : FeatureMap(x, nullptr) {}  // NOLINT(google-explicit-constructor): a view
  FeatureMap(const Tensor& a, const Tensor& b) : FeatureMap(a, &b) {}

  struct Part {
    const float* data = nullptr;
    int64_t channels = 0;
  };

  int64_t images() const { return images_; }
  int64_t height() const { return height_; }
  int64_t width() const { return width_; }
  int64_t channels() const { return parts_[0].channels + parts_[1].channels; }
  int partCount() const { return parts_[1].data == nullptr ? 1 : 2; }
  const Part& part(int index) const { return parts_[index]; }
  /// The one tensor of a map that has one part.
  const Tensor& tensor() const {
    CHECK(partCount() == 1);
    return *first_;
  }

 private:
  FeatureMap(const Tensor& a, const Tensor* b);
  const Tensor* first_;
  std::array<Part, 2> parts_;
  int64_t images_ = 0, height_ = 0, width_ = 0;
};

}  // namespace lorikeet
