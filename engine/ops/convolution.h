#pragma once
#include "ops/feature_map.h"
#include "ops/row_product.h"

namespace lorikeet {

/// Where the taps of a convolution fall. Padding may differ between the sides (the VAE encoder's downsampling pads
/// right and bottom only).
struct ConvolutionGeometry {
  int kernel = 3;  ///< 1, 3 or 5, square
  int stride = 1;
  int padBefore = 1;  ///< top and left
  int padAfter = 1;   ///< bottom and right
  /// When not 0, the input is read as if enlarged to this size by nearest neighbour, source = target / 2 (twice the
  /// input's size, or one less where a skip connection has an odd size).
  int64_t enlargedHeight = 0;
  int64_t enlargedWidth = 0;
  int dilation = 1;  ///< distance between taps
  /// Taps that fall outside read the opposite side of the map instead of zeros, so that its edges join (seamless
  /// pictures).
  bool wrapX = false;
  bool wrapY = false;
};

/// 2-D convolution, channels-last: x [N, H, W, C] -> [N, H', W', outputs]. 3x3 convolutions of stride 1 on maps where
/// it pays run as Winograd F(4x4, 3x3), 1x1 and all others as a product that reads the taps in place. The choice
/// depends only on the layer's shape and the map's size, never on batch, threads or timing, so results are
/// reproducible.
Tensor convolution(const ExecutionContext& context, const FeatureMap& x, const PackedWeights& weights,
                   const ConvolutionGeometry& geometry, const ProductEpilogue& epilogue = {});

/// Depthwise 3x3 convolution: every channel by its own taps. taps: [9][C], bias: [C]. For the small annotator networks.
Tensor depthwiseConvolution(const ExecutionContext& context, const Tensor& x, const float* taps, const float* bias,
                            const ConvolutionGeometry& geometry);

/// The two algorithms, for tests and benchmarks.
Tensor directConvolution(const ExecutionContext& context, const FeatureMap& x, const PackedWeights& weights,
                         const ConvolutionGeometry& geometry, const ProductEpilogue& epilogue = {});
Tensor winogradConvolution(const ExecutionContext& context, const FeatureMap& x, const PackedWeights& weights,
                           const ConvolutionGeometry& geometry, const ProductEpilogue& epilogue = {});
/// Floats that winogradConvolution() takes beside its operands, for so many pixels of all images.
int64_t winogradFloats(int64_t pixels, int64_t channels, int64_t outputs);

}  // namespace lorikeet
