#pragma once
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "nn/linear.h"
#include "nn/norms.h"

namespace lorikeet {

/// The architecture of a CLIP text encoder.
struct ClipTextConfig {
  int64_t vocabularySize = 49408;
  int64_t width = 768;
  int64_t feedForwardWidth = 3072;
  int64_t positions = 77;
  int layers = 12;
  int heads = 12;
  float normEpsilon = 1e-5f;
  Activation activation = Activation::QuickGelu;

  /// From transformers' config.json. Throws Error(Unsupported | Corrupt).
  static ClipTextConfig fromJson(const nlohmann::json& config, const std::string& source);
  /// From tensor shapes: heads of 64 channels; GELU for OpenCLIP's width of 1024 (SD 2), else quick GELU.
  static ClipTextConfig fromWeights(const WeightScope& weights);
};

/// One layer of the encoder: causal self-attention and a feed-forward layer, each behind a layer norm.
class ClipTextLayer {
 public:
  ClipTextLayer(const LayerSource& source, const ClipTextConfig& config);
  Tensor operator()(const ExecutionContext& context, Tensor x) const;

 private:
  int heads_;
  Activation activation_;
  LayerNorm norm1_;
  Linear query_, key_, value_, output_;
  LayerNorm norm2_;
  Linear up_, down_;
};

/// transformers' CLIPTextModel: token ids to the hidden states that condition the UNet.
class ClipTextEncoder {
 public:
  ClipTextEncoder(const ExecutionContext& context, const WeightStore& weights, const ClipTextConfig& config,
                  WeightStorage storage = WeightStorage::AsInFile);

  /// ids: chunks of `positions` tokens each, one after the other. Ids from vocabularySize on are rows of `extra`
  /// [n, width] (textual inversion). -> [chunks, positions, width], the final layer norm of the last layer, or of the
  /// clipSkip-th layer from the end (1: the last).
  Tensor operator()(const ExecutionContext& context, std::span<const int> ids, int clipSkip = 1,
                    const Tensor* extra = nullptr) const;

  /// The rows of the token embedding for some ids below vocabularySize, [n, width].
  Tensor tokenVectors(std::span<const int> ids) const;
  /// What the first layer reads: token and position embeddings, [chunks, positions, width].
  Tensor embed(std::span<const int> ids, const Tensor* extra = nullptr) const;
  /// Embeddings and the output of every layer, without final norms: transformers' hidden_states.
  std::vector<Tensor> hiddenStates(const ExecutionContext& context, std::span<const int> ids) const;

  const ClipTextConfig& config() const { return config_; }
  ParameterTable& parameters() const { return *parameters_; }

 private:
  ClipTextEncoder(const LayerSource& source, const ClipTextConfig& config);
  ClipTextConfig config_;
  std::shared_ptr<ParameterTable> parameters_;
  const ValueParameter& positionEmbedding_;
  std::vector<ClipTextLayer> layers_;
  LayerNorm finalNorm_;
  RawTensor tokenEmbedding_;
};

}  // namespace lorikeet
