#include "imaging/preview.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/check.h"
#include "imaging/tensor_image.h"

namespace lorikeet {

Image enlargePreview(const Tensor& rgb, int width, int height) {
  CHECK(rgb.shape().rank() == 4 && rgb.dim(0) == 1 && rgb.dim(3) == 3 && width > 0 && height > 0);
  const cv::Mat small(static_cast<int>(rgb.dim(1)), static_cast<int>(rgb.dim(2)), CV_32FC3,
                      const_cast<float*>(rgb.data()));
  Tensor large({1, height, width, 3});
  cv::Mat target(height, width, CV_32FC3, large.data());
  cv::resize(small, target, target.size(), 0, 0, cv::INTER_CUBIC);
  return tensorToImage(large);
}

}  // namespace lorikeet
