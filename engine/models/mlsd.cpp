#include "models/mlsd.h"

#include <fmt/format.h>
#include <lorikeet/error.h>

#include <algorithm>
#include <cmath>

#include "io/tensor_file.h"
#include "io/tensor_values.h"
#include "ops/elementwise.h"
#include "ops/rearrange.h"

namespace lorikeet {
namespace {

constexpr float kBatchNormEpsilon = 1e-5F;
constexpr int64_t kHeadChannels = 16;
constexpr int64_t kUnusedChannels = 7;                     ///< of the head, which only training reads
constexpr ConvolutionGeometry kHalving{3, 2, 0, 1, 0, 0};  // as TFLite pads
constexpr ConvolutionGeometry kDilated{3, 1, 5, 5, 0, 0, 5};

/// A convolution with the batch normalisation that follows it.
struct NormedName {
  std::string convolution, norm, target;
};

std::vector<NormedName> normedNames() {
  std::vector<NormedName> names{{"backbone.features.0.0", "backbone.features.0.1", "first"}};
  for (int block = 1; block <= 10; ++block) {
    const std::string from = fmt::format("backbone.features.{}.conv.", block), to = fmt::format("block{}.", block);
    const int last = block == 1 ? 1 : 2;
    if (block > 1) names.push_back({from + "0.0", from + "0.1", to + "widen"});
    names.push_back({fmt::format("{}{}.0", from, last - 1), fmt::format("{}{}.1", from, last - 1), to + "depthwise"});
    names.push_back({fmt::format("{}{}", from, last), fmt::format("{}{}", from, last + 1), to + "narrow"});
  }
  for (const int block : {12, 13, 14, 15, 16})
    for (const int half : {1, 2})
      names.push_back({fmt::format("block{}.conv{}.0", block, half), fmt::format("block{}.conv{}.1", block, half),
                       fmt::format("head{}.{}", block, half)});
  return names;
}

std::vector<float> valuesOf(const TensorMap& tensors, const std::string& name, size_t count,
                            const std::string& source) {
  const auto found = tensors.find(name);
  if (found == tensors.end())
    throw Error(ErrorKind::NotFound, fmt::format("{}: the tensor {} of M-LSD tiny is missing.", source, name));
  std::vector<float> values = toFloats(found->second);
  if (count != 0 && values.size() != count)
    throw Error(ErrorKind::Mismatch, fmt::format("{}: the tensor {} has {} values, but M-LSD tiny has {} there.",
                                                 source, name, values.size(), count));
  return values;
}

/// The weights under our names, batch normalisation folded in: W * g / sqrt(v + eps), (b - m) * g / sqrt(v + eps) +
/// beta.
TensorMap foldNorms(const TensorMap& tensors, const std::string& source) {
  TensorMap folded;
  for (const NormedName& name : normedNames()) {
    std::vector<float> weights = valuesOf(tensors, name.convolution + ".weight", 0, source);
    const Shape shape = tensors.at(name.convolution + ".weight").shape;
    const auto outputs = static_cast<size_t>(shape.rank() == 4 ? shape[0] : 0);
    if (outputs == 0 || weights.empty())
      throw Error(ErrorKind::Mismatch, fmt::format("{}: {} is no convolution.", source, name.convolution));
    const auto gamma = valuesOf(tensors, name.norm + ".weight", outputs, source);
    const auto beta = valuesOf(tensors, name.norm + ".bias", outputs, source);
    const auto mean = valuesOf(tensors, name.norm + ".running_mean", outputs, source);
    const auto variance = valuesOf(tensors, name.norm + ".running_var", outputs, source);
    std::vector<float> bias(outputs, 0);
    if (tensors.contains(name.convolution + ".bias"))
      bias = valuesOf(tensors, name.convolution + ".bias", outputs, source);
    const size_t each = weights.size() / outputs;
    for (size_t o = 0; o < outputs; ++o) {
      const float scale = gamma[o] / std::sqrt(variance[o] + kBatchNormEpsilon);
      for (size_t i = 0; i < each; ++i) weights[o * each + i] *= scale;
      bias[o] = (bias[o] - mean[o]) * scale + beta[o];
    }
    folded.emplace(name.target + ".weight", rawFromFloats(shape, weights));
    folded.emplace(name.target + ".bias", rawFromFloats({static_cast<int64_t>(outputs)}, bias));
  }
  for (const char* part : {".weight", ".bias"}) {
    valuesOf(tensors, std::string("block16.conv3") + part, 0, source);
    folded.emplace(std::string("head16.3") + part, tensors.at(std::string("block16.conv3") + part));
  }
  return folded;
}

Tensor relu6(const ExecutionContext& context, const Conv2d& convolution, const Tensor& x) {
  Conv2d::Options options;
  options.activation = Activation::Relu;
  Tensor y = convolution(context, x, options);
  limitInPlace(context, y, 6);
  return y;
}

Tensor relu(const ExecutionContext& context, const Conv2d& convolution, const Tensor& x) {
  Conv2d::Options options;
  options.activation = Activation::Relu;
  return convolution(context, x, options);
}

}  // namespace

std::unique_ptr<MlsdNetwork> MlsdNetwork::load(const ExecutionContext& context, const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    throw Error(ErrorKind::NotFound, fmt::format("The line detector \"{}\" is not a file.", file.string()));
  const std::string source = fmt::format("\"{}\"", file.string());
  const TensorMap tensors = readTensorFile(file).tensors;
  if (!recognises(tensors))
    throw Error(ErrorKind::Unsupported,
                fmt::format("{} is no M-LSD tiny, which straight lines are found with; its first tensor is {}.", source,
                            tensors.empty() ? "missing" : tensors.begin()->first));
  const WeightStore weights(source, foldNorms(tensors, source));
  return std::make_unique<MlsdNetwork>(LayerSource(context, weights.root()));
}

bool MlsdNetwork::recognises(const TensorMap& tensors) {
  return tensors.contains("backbone.features.0.0.weight") && tensors.contains("block12.conv1.0.weight") &&
         tensors.contains("block16.conv3.weight");
}

MlsdNetwork::Depthwise::Depthwise(const LayerSource& source, int64_t channels, int stride)
    : bias(source.values("bias", {channels})),
      geometry(stride == 2 ? kHalving : ConvolutionGeometry{3, 1, 1, 1, 0, 0}) {
  const float* stored = source.values("weight", {channels, 1, 3, 3}).data();
  taps.resize(static_cast<size_t>(9 * channels));
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t tap = 0; tap < 9; ++tap) taps[static_cast<size_t>(tap * channels + c)] = stored[c * 9 + tap];
}

MlsdNetwork::InvertedResidual::InvertedResidual(const LayerSource& source, int64_t inputs, int64_t outputs, int stride,
                                                int64_t widening)
    : depthwise(source.scope("depthwise"), inputs * widening, stride),
      narrow(source.scope("narrow"), inputs * widening, outputs, kPointwise),
      isResidual(stride == 1 && inputs == outputs) {
  if (widening > 1) widen.emplace_back(source.scope("widen"), inputs, inputs * widening, kPointwise);
}

Tensor MlsdNetwork::InvertedResidual::operator()(const ExecutionContext& context, const Tensor& x) const {
  const Tensor wide = widen.empty() ? x.clone() : relu6(context, widen.front(), x);
  Tensor h = depthwiseConvolution(context, wide, depthwise.taps.data(), depthwise.bias.data(), depthwise.geometry);
  activateInPlace(context, h, Activation::Relu);
  limitInPlace(context, h, 6);
  Tensor y = narrow(context, h);
  if (isResidual) addInPlace(context, y, x);
  return y;
}

MlsdNetwork::MlsdNetwork(const LayerSource& source)
    : parameters_(source.table()),
      first_(source.scope("first"), 4, 32, kHalving),
      joint12_{{source.scope("head12.1"), 64, 64, kPointwise}, {source.scope("head12.2"), 32, 64, kPointwise}},
      refine13a_(source.scope("head13.1"), 128, 128),
      refine13b_(source.scope("head13.2"), 128, 64),
      joint14_{{source.scope("head14.1"), 64, 32, kPointwise}, {source.scope("head14.2"), 24, 32, kPointwise}},
      refine15a_(source.scope("head15.1"), 64, 64),
      refine15b_(source.scope("head15.2"), 64, 64),
      last16a_(source.scope("head16.1"), 64, 64, kDilated),
      last16b_(source.scope("head16.2"), 64, 64),
      last16c_(source.scope("head16.3"), 64, kHeadChannels, kPointwise) {
  struct Setting {
    int64_t widening, outputs;
    int count, stride;
  };
  constexpr Setting kSettings[] = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}};
  int64_t inputs = 32;
  for (const Setting& setting : kSettings)
    for (int i = 0; i < setting.count; ++i) {
      const LayerSource block = source.scope(fmt::format("block{}", blocks_.size() + 1));
      blocks_.emplace_back(block, inputs, setting.outputs, i == 0 ? setting.stride : 1, setting.widening);
      inputs = setting.outputs;
    }
}

Tensor MlsdNetwork::join(const ExecutionContext& context, const Joint& joint, const Tensor& fine,
                         const Tensor& coarse) const {
  const Tensor enlarged = enlargeAlignedCorners(context, relu(context, joint.coarse, coarse));
  return joinChannels(context, relu(context, joint.fine, fine), enlarged);
}

Tensor MlsdNetwork::refine(const ExecutionContext& context, const Conv2d& first, const Conv2d& second,
                           const Tensor& x) const {
  Tensor h = relu(context, first, x);
  addInPlace(context, h, x);
  return relu(context, second, h);
}

Tensor MlsdNetwork::operator()(const ExecutionContext& context, const Tensor& picture) const {
  Tensor h = relu6(context, first_, picture);
  Tensor quarter, eighth;
  for (size_t i = 0; i < blocks_.size(); ++i) {
    h = blocks_[i](context, h);
    if (i == 2) quarter = h.clone();
    if (i == 5) eighth = h.clone();
  }
  h = refine(context, refine13a_, refine13b_, join(context, joint12_, eighth, h));
  h = refine(context, refine15a_, refine15b_, join(context, joint14_, quarter, h));
  h = last16c_(context, relu(context, last16b_, relu(context, last16a_, h)));
  Tensor head({1, h.dim(1), h.dim(2), kHeadChannels - kUnusedChannels});
  const int64_t kept = head.dim(3);
  for (int64_t pixel = 0; pixel < h.dim(1) * h.dim(2); ++pixel)
    std::copy_n(h.data() + pixel * kHeadChannels + kUnusedChannels, kept, head.data() + pixel * kept);
  return enlargeAlignedCorners(context, head);
}

}  // namespace lorikeet
