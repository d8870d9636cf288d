#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/adapter_module.h"
#include "core/execution_context.h"
#include "core/tensor.h"
#include "ops/convolution.h"
#include "ops/packed_weights.h"

namespace lorikeet {

/// Values that are trained, and the gradient that the micro-batches of a step have added up.
struct TrainedTensor {
  std::string name;  ///< "unet.mid_block.....down"
  Tensor values;
  Tensor gradient;

  TrainedTensor(std::string tensorName, const Shape& shape)
      : name(std::move(tensorName)), values(Tensor::zeros(shape)), gradient(Tensor::zeros(shape)) {}
};

/// What a layer's LoRA is made from.
struct LowRankSettings {
  NetworkPart part = NetworkPart::UNet;
  std::string module;  ///< canonical
  Shape weight;        ///< [outputs, inputs] or [outputs, inputs, kernel, kernel]
  int64_t rank = 4;
  double scale = 1;  ///< alpha / rank
  bool trainsScale = false;
};

/// The LoRA of one linear layer or convolution (Hu et al., "LoRA", 2021): W + scale * up * down with W frozen.
class LowRankLayer {
 public:
  explicit LowRankLayer(LowRankSettings settings);

  const LowRankSettings& settings() const { return settings_; }
  TrainedTensor& down() { return down_; }    ///< [rank, inputs(, kernel, kernel)]
  TrainedTensor& up() { return up_; }        ///< [outputs, rank]
  TrainedTensor& scale() { return scale_; }  ///< [1]
  double scaleValue() const { return settings_.trainsScale ? scale_.values[0] : settings_.scale; }
  /// Those that an optimizer changes.
  std::vector<TrainedTensor*> trained();

  /// Makes what the products use anew; to be called after values changed.
  void refresh(const ExecutionContext& context);
  /// What goes into the frozen weight for the forward pass, and for a linear layer's transposed one on the way back.
  const std::shared_ptr<const WeightTerm>& term() const { return term_; }
  const std::shared_ptr<const WeightTerm>& turnedTerm() const { return turnedTerm_; }

  /// Adds the gradients of the factors of a linear layer.
  void addGradients(const ExecutionContext& context, const Tensor& gradient, const Tensor& x);
  /// The same of a convolution. inputGradient, if not empty, gets the share of the factors added.
  void addGradients(const ExecutionContext& context, const Tensor& gradient, const Tensor& x,
                    const ConvolutionGeometry& geometry, Tensor& inputGradient);

 private:
  /// The gradient of down's result, unscaled; adds to those of up and scale. `hidden` is down's result.
  Tensor backThroughUp(const ExecutionContext& context, const Tensor& gradient, const Tensor& hidden);
  int64_t taps() const;
  LowRankSettings settings_;
  TrainedTensor down_, up_, scale_;
  std::shared_ptr<const WeightTerm> term_, turnedTerm_;
  PackedWeights packedDown_, turnedUp_;
};

/// All layers with a LoRA, by part and canonical module.
class LowRankLayers {
 public:
  LowRankLayer& add(LowRankSettings settings);
  LowRankLayer* find(NetworkPart part, const std::string& module) const;
  const std::vector<std::unique_ptr<LowRankLayer>>& all() const { return layers_; }
  void refresh(const ExecutionContext& context);
  std::vector<TrainedTensor*> trained() const;

 private:
  std::vector<std::unique_ptr<LowRankLayer>> layers_;
  std::map<std::pair<NetworkPart, std::string>, LowRankLayer*> byName_;
};

}  // namespace lorikeet
