#pragma once
#include <filesystem>
#include <memory>
#include <vector>

#include "io/canonical_names.h"
#include "nn/conv2d.h"

namespace lorikeet {

/// M-LSD tiny, the detector of straight lines behind ControlNet's "mlsd" (Gu et al., "Towards Light-weight and
/// Real-time Line Segment Detection", AAAI 2022; github.com/lhwcv/mlsd_pytorch, mbv2_mlsd_tiny.py): MobileNetV2 up to a
/// sixteenth of the size, two steps back up, batch normalisation folded into the convolutions.
class MlsdNetwork {
 public:
  static constexpr int kMultiple = 16;  ///< of which the sides of a picture must be multiples

  /// Reads the weights from a .pth or .safetensors file. Throws Error(NotFound | Io | Corrupt | Unsupported |
  /// Mismatch), Stopped.
  static std::unique_ptr<MlsdNetwork> load(const ExecutionContext& context, const std::filesystem::path& file);
  /// Whether a file's tensors are such a network's.
  static bool recognises(const TensorMap& tensors);

  explicit MlsdNetwork(const LayerSource& source);

  /// [1, H, W, 4], RGB and a one, each over 127.5 minus 1 -> [1, H/2, W/2, 9]: the logit that a pixel is the middle of
  /// a line, then where it starts and ends, (dx, dy) each in pixels of this map; four more that only training reads.
  Tensor operator()(const ExecutionContext& context, const Tensor& picture) const;

 private:
  /// A 3x3 convolution of every channel by itself.
  struct Depthwise {
    Depthwise(const LayerSource& source, int64_t channels, int stride);
    std::vector<float> taps;  ///< [9][channels]
    const ValueParameter& bias;
    ConvolutionGeometry geometry;
  };
  /// MobileNetV2's block: widen, look around, narrow.
  struct InvertedResidual {
    InvertedResidual(const LayerSource& source, int64_t inputs, int64_t outputs, int stride, int64_t widening);
    Tensor operator()(const ExecutionContext& context, const Tensor& x) const;
    std::vector<Conv2d> widen;  ///< none in the first block
    Depthwise depthwise;
    Conv2d narrow;
    bool isResidual;
  };
  struct Joint {
    Conv2d coarse, fine;
  };

  Tensor join(const ExecutionContext& context, const Joint& joint, const Tensor& fine, const Tensor& coarse) const;
  Tensor refine(const ExecutionContext& context, const Conv2d& first, const Conv2d& second, const Tensor& x) const;

  std::shared_ptr<ParameterTable> parameters_;
  Conv2d first_;
  std::vector<InvertedResidual> blocks_;
  Joint joint12_;
  Conv2d refine13a_, refine13b_;
  Joint joint14_;
  Conv2d refine15a_, refine15b_, last16a_, last16b_, last16c_;
};

}  // namespace lorikeet
