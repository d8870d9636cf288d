// FSRCNN (Dong et al., "Accelerating the Super-Resolution Convolutional Neural Network", 2016) in the form of
// github.com/Saafke/FSRCNN_Tensorflow, which OpenCV's dnn_superres reads too: f1..fn, b1..bn and alpha1..alpha(n-1) of
// a graph that works on the brightness and ends in depth_to_space.
#include <fmt/format.h>
#include <lorikeet/error.h>

#include <cmath>

#include "io/tensor_values.h"
#include "models/upscaler.h"
#include "ops/elementwise.h"
#include "ops/rearrange.h"

namespace lorikeet {
namespace {

constexpr int kMaxFsrcnnLayers = 32;

/// TensorFlow's [height, width, inputs, outputs] as [outputs, inputs, height, width].
RawTensor kernelToTorch(const RawTensor& raw) {
  const std::vector<float> from = toFloats(raw);
  const int64_t height = raw.shape[0], width = raw.shape[1], inputs = raw.shape[2], outputs = raw.shape[3];
  std::vector<float> to(from.size());
  size_t at = 0;
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t i = 0; i < inputs; ++i)
      for (int64_t tap = 0; tap < height * width; ++tap) to[at++] = from[(tap * inputs + i) * outputs + o];
  return rawFromFloats({outputs, inputs, height, width}, to);
}

/// The taps of layer `index`, or of no layer.
Shape fsrcnnKernel(const TensorMap& tensors, int index) {
  const auto found = tensors.find(fmt::format("f{}", index));
  return found == tensors.end() ? Shape() : found->second.shape;
}

UpscalerNetwork::Traits recogniseFsrcnn(TensorMap& tensors, const std::string& source) {
  int layers = 0;
  while (layers < kMaxFsrcnnLayers && fsrcnnKernel(tensors, layers + 1).rank() == 4) ++layers;
  if (layers < 3 || !tensors.contains("alpha1")) return {};
  int halo = 0;
  for (int i = 1; i <= layers; ++i) {
    const Shape kernel = fsrcnnKernel(tensors, i);
    if (kernel[0] != kernel[1] || (kernel[0] != 1 && kernel[0] != 3 && kernel[0] != 5))
      throw Error(ErrorKind::Unsupported, fmt::format("{}: layer {} of this FSRCNN has taps {}; expected 1x1, 3x3 or "
                                                      "5x5.",
                                                      source, i, kernel.toString()));
    halo += static_cast<int>(kernel[0]) / 2;
  }
  const int64_t outputs = fsrcnnKernel(tensors, layers)[3];
  const int scale = static_cast<int>(std::lround(std::sqrt(static_cast<double>(outputs))));
  if (fsrcnnKernel(tensors, 1)[2] != 1 || int64_t{scale} * scale != outputs || scale < 1 || scale > 8)
    throw Error(ErrorKind::Unsupported,
                fmt::format("{}: this FSRCNN does not enlarge the brightness by a whole factor.", source));
  TensorMap renamed;
  for (int i = 1; i <= layers; ++i) {
    renamed.emplace(fmt::format("{}.weight", i), kernelToTorch(tensors.at(fmt::format("f{}", i))));
    for (const auto& [from, to] : {std::pair(fmt::format("b{}", i), fmt::format("{}.bias", i)),
                                   std::pair(fmt::format("alpha{}", i), fmt::format("{}.slopes", i))})
      if (const auto found = tensors.find(from); found != tensors.end()) renamed.emplace(to, found->second);
  }
  tensors = std::move(renamed);
  return {"FSRCNN", scale, 1, halo, 1, 256};
}

class FsrcnnUpscaler : public UpscalerNetwork {
 public:
  FsrcnnUpscaler(const LayerSource& source, const Traits& traits) : UpscalerNetwork(traits) {
    int64_t inputs = 1;
    for (int i = 1; source.has(fmt::format("{}.weight", i)); ++i) {
      const LayerSource layer = source.scope(std::to_string(i));
      const Shape shape = layer.weights().get("weight").shape;
      const int kernel = static_cast<int>(shape[2]), pad = kernel / 2;
      if (source.has(fmt::format("{}.weight", i + 1))) {
        slopes_.push_back(&layer.values("slopes", {shape[0]}));
        layers_.emplace_back(layer, inputs, shape[0], ConvolutionGeometry{kernel, 1, pad, pad, 0, 0});
      } else {
        // The last bias is one number for every position, added after the rearrangement.
        bias_ = &layer.values("bias", {1});
        outputs_ = &layer.matrix("weight", shape);
      }
      inputs = shape[0];
    }
    parameters_ = source.table();
  }

  Tensor operator()(const ExecutionContext& context, const Tensor& picture) const override {
    Tensor h = picture.clone();
    for (size_t i = 0; i < layers_.size(); ++i) {
      h = layers_[i](context, h);
      preluInPlace(context, h, slopes_[i]->data());
    }
    h = convolution(context, h, outputs_->packed(), kPointwise);
    h = pixelShuffle(context, h, traits().scale, ShuffleOrder::ChannelInnermost);
    for (float& v : h.values()) v += bias_->data()[0];
    return h;
  }

 private:
  std::shared_ptr<ParameterTable> parameters_;
  std::vector<Conv2d> layers_;
  std::vector<const ValueParameter*> slopes_;
  const MatrixParameter* outputs_ = nullptr;
  const ValueParameter* bias_ = nullptr;
};

std::unique_ptr<UpscalerNetwork> buildFsrcnn(const LayerSource& source, const UpscalerNetwork::Traits& traits) {
  return std::make_unique<FsrcnnUpscaler>(source, traits);
}

}  // namespace

const UpscalerArchitecture kFsrcnnArchitecture{recogniseFsrcnn, buildFsrcnn};

}  // namespace lorikeet
