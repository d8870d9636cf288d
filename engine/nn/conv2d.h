#pragma once
#include "nn/parameter.h"
#include "ops/convolution.h"

namespace lorikeet {

/// 2-D convolution of channels-last maps (torch.nn.Conv2d with a square kernel); on the axes where the
/// context wraps, its padding is circular.
class Conv2d {
 public:
  Conv2d(const LayerSource& source, int64_t inputs, int64_t outputs, const ConvolutionGeometry& geometry = {});

  int64_t outputs() const { return weight_.packed().outputs(); }

  struct Options {
    Activation activation = Activation::None;
    const Tensor* imageBias = nullptr;  ///< [N, outputs], added to every pixel of an image
    const Tensor* residual = nullptr;   ///< added to the result
    int64_t enlargedHeight = 0;         ///< see ConvolutionGeometry
    int64_t enlargedWidth = 0;
  };
  Tensor operator()(const ExecutionContext& context, const FeatureMap& x) const {
    return (*this)(context, x, Options{});
  }
  Tensor operator()(const ExecutionContext& context, const FeatureMap& x, const Options& options) const;

 private:
  ConvolutionGeometry geometry_;
  const MatrixParameter& weight_;
  const ValueParameter* bias_ = nullptr;
};

/// The geometry of a 1x1 convolution.
inline constexpr ConvolutionGeometry kPointwise{1, 1, 0, 0, 0, 0};
/// Halves a map, padding one pixel all around (UNet).
inline constexpr ConvolutionGeometry kDownsample{3, 2, 1, 1, 0, 0};

}  // namespace lorikeet
