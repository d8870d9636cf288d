#include "nn/conv2d.h"

namespace lorikeet {

Conv2d::Conv2d(const LayerSource& source, int64_t inputs, int64_t outputs, const ConvolutionGeometry& geometry)
    : geometry_(geometry), weight_(source.matrix("weight", {outputs, inputs, geometry.kernel, geometry.kernel})) {
  if (source.has("bias")) bias_ = &source.values("bias", {outputs});
}

Tensor Conv2d::operator()(const ExecutionContext& context, const FeatureMap& x, const Options& options) const {
  ProductEpilogue epilogue;
  if (bias_ != nullptr) epilogue.bias = bias_->data();
  if (options.imageBias != nullptr) epilogue.imageBias = options.imageBias->data();
  if (options.residual != nullptr) epilogue.residual = options.residual->data();
  epilogue.activation = options.activation;
  ConvolutionGeometry geometry = geometry_;
  geometry.enlargedHeight = options.enlargedHeight;
  geometry.enlargedWidth = options.enlargedWidth;
  geometry.wrapX = context.wrap().x;
  geometry.wrapY = context.wrap().y;
  return convolution(context, x, weight_.packed(), geometry, epilogue);
}

}  // namespace lorikeet
