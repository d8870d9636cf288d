#include "ops/feature_map.h"

namespace lorikeet {

FeatureMap::FeatureMap(const Tensor& a, const Tensor* b)
    : first_(&a), images_(a.dim(0)), height_(a.dim(1)), width_(a.dim(2)) {
  CHECK(a.shape().rank() == 4);
  parts_[0] = {a.data(), a.dim(3)};
  if (b == nullptr) return;
  CHECK(b->shape().rank() == 4 && b->dim(0) == images_ && b->dim(1) == height_ && b->dim(2) == width_);
  parts_[1] = {b->data(), b->dim(3)};
}

}  // namespace lorikeet
